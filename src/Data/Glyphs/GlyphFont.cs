using System.Security.Cryptography;
using SkiaSharp;
using Toolchain.Data.Seeds;

namespace Toolchain.Data.Glyphs;

/// <summary>Why a font is left out.</summary>
enum FontFault
{
    None, Unreadable, Symbols, LacksCharacter, SameGlyphs, Duplicate,
}

/// <summary>The images of one font: one writer.</summary>
/// <param name="Name">Its path below the folder, parts joined by '/'.</param>
/// <param name="Fault">Why it is left out; then it has no images.</param>
sealed record GlyphFont(string Name, FontFault Fault)
{
    /// <summary>What it has in common with other fonts of its design.</summary>
    public string Family { get; private init; } = "";

    /// <summary>SHA-256 of the shapes of its characters.</summary>
    public string Digest { get; private init; } = "";

    /// <summary>[K*C*H*W], an image for each character.</summary>
    public byte[] Pixels { get; private init; } = [];

    /// <summary>Draws the characters of a font file.</summary>
    public static GlyphFont Draw(GlyphSpec spec, string name)
    {
        using SKTypeface? font = SKTypeface.FromFile(Path.Combine(spec.Folder, name));
        if (font is null)
        {
            return new(name, FontFault.Unreadable);
        }
        if (FontFamily.IsSymbols(font))
        {
            return new(name, FontFault.Symbols);
        }
        List<GlyphMask> masks = [];
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int character in spec.Characters.Select(text => char.ConvertToUtf32(text, 0)))
        {
            if (font.GetGlyph(character) == 0 || GlyphMask.Draw(font, character) is not { } mask)
            {
                return new(name, FontFault.LacksCharacter);
            }
            if (masks.Exists(mask.IsLike))
            {
                return new(name, FontFault.SameGlyphs);
            }
            masks.Add(mask);
            all.AppendData(mask.Pixels);
        }
        return new(name, FontFault.None)
        {
            Family = FontFamily.Key(font.FamilyName),
            Digest = Convert.ToHexStringLower(all.GetHashAndReset()),
            Pixels = Images(spec, name, masks),
        };
    }

    static byte[] Images(GlyphSpec spec, string name, List<GlyphMask> masks)
    {
        byte[] pixels = new byte[masks.Count * spec.Shape.Size];
        ulong key = RandomStream.KeyOf(0, $"glyphs.{Path.GetFileName(name)}");
        var extent = FontExtent.Of([.. masks.Select(mask => mask.Outline)]);
        for (int label = 0; label < masks.Count; label++)
        {
            Span<byte> image = pixels.AsSpan(label * spec.Shape.Size, spec.Shape.Size);
            if (spec.Shape.IsRgb)
            {
                var random = new RandomStream(key, 0, char.ConvertToUtf32(spec.Characters[label], 0), 0);
                masks[label].ToColour(spec.Shape, extent, ref random, image);
            }
            else
            {
                masks[label].ToGray(spec.Shape, image);
            }
        }
        return pixels;
    }
}
