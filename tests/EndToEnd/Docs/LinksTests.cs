namespace Toolchain.EndToEnd.Docs;

/// <summary>Every page can be reached from the map, every link leads somewhere, and no picture lies about unused.</summary>
public sealed class LinksTests
{
    [Fact]
    public void Links_OfEveryPage_LeadSomewhere()
    {
        string[] broken = [.. MarkdownFiles.All.SelectMany(page => MarkdownFiles.Links(MarkdownFiles.Read(page))
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !Exists(page, link)).Select(link => $"{page}: {link}"))];
        Assert.Empty(broken);
    }

    [Fact]
    public void Pages_OfDocs_AreReachedFromTheMap()
    {
        const string map = "docs/README.md";
        HashSet<string> reached = [map];
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out string? page))
        {
            foreach (string target in MarkdownFiles.Links(MarkdownFiles.Read(page)).Select(link => Target(page, link))
                .Where(target => MarkdownFiles.All.Contains(target) && reached.Add(target)))
            {
                open.Enqueue(target);
            }
        }
        Assert.Empty(MarkdownFiles.All.Where(page => page.StartsWith("docs/", StringComparison.Ordinal)).Except(reached));
    }

    [Fact]
    public void Pictures_OfDocs_AreShown()
    {
        HashSet<string> shown = [.. MarkdownFiles.All.SelectMany(page => MarkdownFiles.Links(MarkdownFiles.Read(page))
            .Select(link => Target(page, link)))];
        string docs = Path.Combine(Checkout.Root, "docs");
        string[] pictures = [.. Directory.GetFiles(docs, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".png" or ".svg" or ".jpg")
            .Select(path => Path.GetRelativePath(Checkout.Root, path).Replace('\\', '/'))];
        Assert.NotEmpty(pictures);
        Assert.Empty(pictures.Except(shown));
    }

    [Fact]
    public void Examples_OfReadmeAndGuides_AreLinesThatATestCompiles()
    {
        HashSet<string> compiled = [.. new[] { "examples/export.cs", "src/Inference/README.md" }
            .SelectMany(path => MarkdownFiles.Read(path).Split('\n'))];
        string[] pages = [.. MarkdownFiles.All.Where(page => page == "README.md"
            || page.StartsWith("docs/guides/", StringComparison.Ordinal))];
        string[] lines = [.. pages.SelectMany(page => MarkdownFiles.Read(page).Split("```csharp\n").Skip(1)
            .SelectMany(part => part.Split("```")[0].Split('\n')))];
        Assert.NotEmpty(lines);
        Assert.Empty(lines.Except(compiled));
    }

    [Fact]
    public void Decisions_HaveContextOptionsChoiceAndPrice()
    {
        string[] parts = ["# ", "**Context.**", "**Options.**", "**Choice", "**Price.**"];
        string[] decisions = [.. MarkdownFiles.All.Where(page => page.StartsWith("docs/decisions/", StringComparison.Ordinal))];
        Assert.NotEmpty(decisions);
        Assert.Empty(decisions.SelectMany(page => parts
            .Where(part => !MarkdownFiles.Read(page).Contains($"{(part == "# " ? "" : "\n")}{part}", StringComparison.Ordinal))
            .Select(part => $"{page}: no {part}")));
    }

    [Fact]
    public void Pages_NameNoMachine()
    {
        string[] folders = [.. new[] { "work", "root", "home" }.Select(name => $"/{name}/")];
        Assert.DoesNotContain(MarkdownFiles.All, page => folders.Any(folder => MarkdownFiles.Read(page)
            .Contains(folder, StringComparison.Ordinal)));
    }

    static bool Exists(string page, string link)
    {
        string[] parts = link.Split('#');
        string target = parts[0] == "" ? page : Target(page, parts[0]);
        string path = Path.Combine(Checkout.Root, target);
        return parts.Length == 1 ? File.Exists(path) || Directory.Exists(path)
            : File.Exists(path) && MarkdownFiles.Anchors(MarkdownFiles.Read(target)).Contains(parts[1]);
    }

    // Relative to the checkout.
    static string Target(string page, string link) => Path.GetRelativePath(Checkout.Root,
        Path.GetFullPath(Path.Combine(Checkout.Root, Path.GetDirectoryName(page)!, link.Split('#')[0]))).Replace('\\', '/');
}
