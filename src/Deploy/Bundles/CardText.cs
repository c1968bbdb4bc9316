namespace Toolchain.Deploy.Bundles;

/// <summary>A card in two hands: front matter and the part between two marks are written anew, all other text is its owner's.</summary>
static class CardText
{
    const string Start = "<!-- bundle: written by 'uvl bundle' -->\n", End = "<!-- end of bundle -->\n", Fence = "---\n";

    /// <summary>The text of a card.</summary>
    /// <param name="earlier">The card that is there; null for none. One without the marks is replaced.</param>
    /// <param name="frontMatter">Front matter with its fences.</param>
    /// <param name="introduction">What a new card says before the part between the marks.</param>
    /// <param name="facts">The part between the marks.</param>
    public static string Renew(string? earlier, string frontMatter, string introduction, string facts)
    {
        string text = (earlier ?? "").ReplaceLineEndings("\n");
        int start = text.IndexOf(Start, StringComparison.Ordinal), end = text.IndexOf(End, StringComparison.Ordinal);
        if (start < 0 || end < start)
        {
            return $"{frontMatter}{introduction}{Start}{facts}{End}";
        }
        int own = text.StartsWith(Fence, StringComparison.Ordinal)
            ? text.IndexOf($"\n{Fence}", StringComparison.Ordinal) + 1 + Fence.Length : 0;
        return own > start ? Renew(null, frontMatter, introduction, facts)
            : $"{frontMatter}\n{text[own..start].TrimStart('\n')}{Start}{facts}{text[end..]}";
    }
}
