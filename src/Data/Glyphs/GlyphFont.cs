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
        int size = spec.Shape.Size;
        byte[] pixels = new byte[spec.Characters.Length * size];
        ulong key = RandomStream.KeyOf(0, $"glyphs.{Path.GetFileName(name)}");
        List<GlyphMask> masks = [];
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int label = 0; label < spec.Characters.Length; label++)
        {
            int character = char.ConvertToUtf32(spec.Characters[label], 0);
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
            Span<byte> image = pixels.AsSpan(label * size, size);
            if (spec.Shape.IsRgb)
            {
                var random = new RandomStream(key, 0, character, 0);
                mask.ToColour(spec.Shape, ref random, image);
            }
            else
            {
                mask.ToGray(spec.Shape, image);
            }
        }
        return new(name, FontFault.None)
        {
            Family = FontFamily.Key(font.FamilyName),
            Digest = Convert.ToHexStringLower(all.GetHashAndReset()),
            Pixels = pixels,
        };
    }
}
