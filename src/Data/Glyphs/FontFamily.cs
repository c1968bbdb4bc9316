using System.Buffers.Binary;
using Toolchain.Data.Seeds;
using SkiaSharp;

namespace Toolchain.Data.Glyphs;

/// <summary>Families of fonts: the writers by which `glyphs` parts its images.</summary>
static class FontFamily
{
    // One family in so many is for testing.
    const int TestEvery = 5;

    // Words of a family's name that tell a style, so that the narrow and the monospaced faces of a design stay with the others.
    static readonly HashSet<string> styles = new(StringComparer.OrdinalIgnoreCase)
    {
        "Bold", "Book", "Black", "Caption", "Compressed", "Condensed", "Cond", "Display", "Extended", "ExtraBold", "ExtraCondensed",
        "ExtraLight", "Hairline", "Heavy", "Italic", "Light", "Medium", "Mono", "Monospace", "Narrow", "Oblique", "Regular", "SemiBold",
        "SemiCondensed", "SemiLight", "Thin", "UI", "Ultra", "UltraLight",
    };

    // Words of names of fonts whose capitals or small letters are signs: D050000L is URW's dingbats, cmsy to wasy are TeX's symbols.
    static readonly string[] symbolWords =
    [
        "awesome", "barcode", "cmbsy", "cmex", "cmsy", "d050000l", "dingbat", "emoji", "futhark", "icon", "msam", "msbm", "music", "stmary",
        "symbol", "wasy", "webding", "wingding",
    ];

    /// <summary>What fonts of one design have in common: the first two words of the family's name that tell no style.</summary>
    public static string Key(string family)
    {
        string[] words = family.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] kept = [.. words.Where(word => !styles.Contains(word)).Take(2)];
        return kept.Length == 0 ? family : string.Join(' ', kept);
    }

    /// <summary>Whether a font has pictures in the places of characters: by its name, its PANOSE class, or a map of symbols only.</summary>
    public static bool IsSymbols(SKTypeface font)
    {
        const uint Os2 = 0x4F532F32, Cmap = 0x636D6170;
        const int PanosePlace = 32, PictorialPanose = 5;
        string name = font.FamilyName;
        return Array.Exists(symbolWords, word => name.Contains(word, StringComparison.OrdinalIgnoreCase))
            || (font.TryGetTableData(Os2, out byte[]? os2) && os2.Length > PanosePlace && os2[PanosePlace] == PictorialPanose)
            || (font.TryGetTableData(Cmap, out byte[]? cmap) && HasSymbolMapOnly(cmap));
    }

    /// <summary>The families to test on: every fifth in an order that is random, but the same for the same names.</summary>
    /// <param name="families">Keys, each once or more.</param>
    public static HashSet<string> ForTest(IEnumerable<string> families) =>
        [.. families.Distinct(StringComparer.Ordinal).OrderBy(key => RandomStream.KeyOf(0, $"glyphs.family {key}"))
            .ThenBy(key => key, StringComparer.Ordinal).Where((_, rank) => rank % TestEvery == 0)];

    // OpenType, "cmap": subtables of (platform, encoding); (3,0) is Windows' for symbols, (3,1), (3,10) and platform 0 are Unicode.
    static bool HasSymbolMapOnly(ReadOnlySpan<byte> cmap)
    {
        bool hasSymbols = false, hasUnicode = false;
        int count = cmap.Length < 4 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(cmap[2..]);
        for (int at = 4; count > 0 && at + 4 <= cmap.Length; at += 8, count--)
        {
            int platform = BinaryPrimitives.ReadUInt16BigEndian(cmap[at..]);
            int encoding = BinaryPrimitives.ReadUInt16BigEndian(cmap[(at + 2)..]);
            hasSymbols |= platform == 3 && encoding == 0;
            hasUnicode |= platform == 0 || (platform == 3 && encoding is 1 or 10);
        }
        return hasSymbols && !hasUnicode;
    }
}
