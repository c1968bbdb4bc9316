using System.Security.Cryptography;
using System.Text;

namespace Toolchain.EndToEnd.Docs;

/// <summary>
/// What pages take from the program and from docs/figures.json is as they have it. <c>make tables</c> writes the pages anew.
/// </summary>
public sealed class GeneratedSectionsTests
{
    const string Made = "artifacts/pages";

    public static TheoryData<string> Pages => [.. MarkdownFiles.All.Where(page => Section.IsIn(MarkdownFiles.Read(page)))];

    public static TheoryData<string> Bundles =>
        [.. Directory.GetDirectories(Checkout.In("models")).Select(path => $"models/{Path.GetFileName(path)}")];

    [Theory, MemberData(nameof(Pages))]
    public void Page_GeneratedParts_AreAsGenerated(string page) => RequireSame(page, Section.Renew(MarkdownFiles.Read(page)));

    // The card of a bundle has generated parts, and the bundle's manifest has the card's digest.
    [Theory, MemberData(nameof(Bundles))]
    public void Manifest_OfABundle_HasTheDigestOfItsCard(string folder)
    {
        byte[] card = Encoding.UTF8.GetBytes(Section.Renew(MarkdownFiles.Read($"{folder}/README.md")));
        string stated = $"{Convert.ToHexStringLower(SHA256.HashData(card))}  README.md";
        RequireSame($"{folder}/MANIFEST", string.Join('\n', MarkdownFiles.Read($"{folder}/MANIFEST").Split('\n')
            .Select(line => line.EndsWith("  README.md", StringComparison.Ordinal) ? stated : line)));
    }

    static void RequireSame(string page, string made)
    {
        if (MarkdownFiles.Read(page) != made)
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
