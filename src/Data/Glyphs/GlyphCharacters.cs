using System.Globalization;

namespace Toolchain.Data.Glyphs;

/// <summary>The characters that `glyphs` draws: by a word, or as they are.</summary>
static class GlyphCharacters
{
    const string Digits = "0123456789", Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Small = "abcdefghijklmnopqrstuvwxyz";

    // Letters that a word must have to be taken for a misspelt name rather than for a list.
    const int LeastMisspelt = 4;

    static readonly Dictionary<string, string> words = new(StringComparer.Ordinal)
    {
        ["digits"] = Digits,
        ["capitals"] = Capitals,
        ["letters"] = Capitals + Small,
        ["alphanumeric"] = Digits + Capitals + Small,
        ["62"] = Digits + Capitals + Small,
    };

    /// <summary>What is expected, for errors.</summary>
    public static string Expected { get; } = $"{string.Join(", ", words.Keys)}, or two or more different characters, such as ABC";

    /// <summary>The characters that a text names, a string for each, in the order of their labels.</summary>
    /// <param name="text">A word, or the characters themselves; empty for the capitals.</param>
    /// <returns>Null where it names none.</returns>
    public static string[]? Of(string text)
    {
        if (words.TryGetValue(text.Length == 0 ? "capitals" : text, out string? known))
        {
            text = known;
        }
        else if (text.Length >= LeastMisspelt && NearestWord.Of(text, words.Keys) is not null)
        {
            return null;
        }
        string[] characters = [.. text.EnumerateRunes().Select(rune => rune.ToString())];
        bool arePrinted = text.EnumerateRunes().All(rune => !IsBlank(Rune(rune)));
        return arePrinted && characters.Length is > 1 and <= ImageClasses.Most
            && characters.Distinct(StringComparer.Ordinal).Count() == characters.Length ? characters : null;

        static UnicodeCategory Rune(System.Text.Rune rune) => System.Text.Rune.GetUnicodeCategory(rune);
    }

    static bool IsBlank(UnicodeCategory category) => category is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate;
}
