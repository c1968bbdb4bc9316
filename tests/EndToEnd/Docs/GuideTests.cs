using System.Text.RegularExpressions;

namespace Toolchain.EndToEnd.Docs;

/// <summary>The commands of the guides print what the guides say, apart from numbers, which depend on the machine.</summary>
public sealed partial class GuideTests
{
    [Fact]
    public void QuickGuides_Commands_PrintWhatTheySay() => Check("embed.md", "cluster.md", "neighbours.md");

    [Fact, Trait("Category", "Slow")]
    public void SlowGuides_Commands_PrintWhatTheySay() => Check("train.md", "export.md", "evaluate.md");

    static void Check(params string[] pages)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder["models"], Checkout.In("models"));
        (string Command, string[] Expected)[] examples = [.. pages
            .SelectMany(page => Examples(MarkdownFiles.Read($"docs/guides/{page}")))];
        Assert.NotEmpty(examples);
        foreach ((string command, string[] expected) in examples)
        {
            using Uvl uvl = Uvl.StartFrom(folder.Root, [.. command.Split(' '), "--quiet"]);
            (_, string output, string error) = uvl.Wait();
            Queue<string> lines = new(Masked($"{output}\n{error}").Split('\n'));
            foreach (string line in expected.Select(Masked).Where(line => line != "..."))
            {
                bool isCut = line.EndsWith("...", StringComparison.Ordinal), found = false;
                while (!found && lines.TryDequeue(out string? printed))
                {
                    found = isCut ? printed.StartsWith(line[..^3], StringComparison.Ordinal) : printed == line;
                }
                Assert.True(found, $"uvl {command}: expected '{line}', printed:\n{output}{error}");
            }
        }
    }

    // Commands on drawn digits or on the files of earlier ones; MNIST and measurements of the machine are not for tests.
    static IEnumerable<(string Command, string[] Expected)> Examples(string page) => Block().Matches(page)
        .SelectMany(block => block.Groups[1].Value.Split("$ ").Skip(1))
        .Select(example => example.TrimEnd('\n').Split('\n'))
        .Where(lines => lines[0].StartsWith("./uvl ", StringComparison.Ordinal) && !lines[0].Contains("mnist", StringComparison.Ordinal))
        .Select(lines => (lines[0]["./uvl ".Length..], lines[1..]));

    static string Masked(string text) => Spaces().Replace(Number().Replace(text, "#"), " ");

    [GeneratedRegex("```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\b[0-9a-f]{64}\b|\d[\d,.]*(e-\d+)?")]
    private static partial Regex Number();
}
