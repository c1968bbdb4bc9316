namespace Toolchain.EndToEnd.Docs;

/// <summary>
/// What pages take from the program and from docs/figures.json is as they have it. <c>make tables</c> writes the pages anew.
/// </summary>
public sealed class GeneratedSectionsTests
{
    const string Made = "artifacts/pages";

    public static TheoryData<string> Pages => [.. MarkdownFiles.All.Where(page => Section.IsIn(MarkdownFiles.Read(page)))];

    [Theory, MemberData(nameof(Pages))]
    public void Page_GeneratedParts_AreAsGenerated(string page)
    {
        string text = MarkdownFiles.Read(page), made = Section.Renew(text);
        if (text != made)
        {
            string path = Path.Combine(Checkout.Root, Made, page);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, made);
            Assert.Fail($"{page}: generated parts are stale; run 'make tables', or cp {Made}/{page} {page}");
        }
    }

    [Fact]
    public void Figures_HaveAValueForEachSeed() => Assert.All(Figure.All, figure =>
    {
        Assert.Equal(figure.Seeds.Length, figure.Percent.Length);
        Assert.Equal(figure.OtherSeeds?.Length, figure.OtherPercent?.Length);
        Assert.Single(Figure.All, other => other.Id == figure.Id);
    });

    [Fact]
    public void Renew_StaleTableAndFigure_ReplacesBoth()
    {
        string renewed = Section.Renew("a 1 %<!--=moco.strict.spectral--> b\n<!-- generated: exit-codes -->\nold\n<!-- end -->\n");
        Assert.DoesNotContain(" 1 %<", renewed, StringComparison.Ordinal);
        Assert.DoesNotContain("old", renewed, StringComparison.Ordinal);
        Assert.Contains("| 75 | ", renewed, StringComparison.Ordinal);
    }
}
