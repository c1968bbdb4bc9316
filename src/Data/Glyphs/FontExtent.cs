using SkiaSharp;

namespace Toolchain.Data.Glyphs;

/// <summary>What the characters of a font take together, in units of which an em has 1,000.</summary>
/// <param name="Longest">Height of the line from the highest ink to the lowest, or the width of the widest character if that is
/// more.</param>
/// <param name="Middle">Height of the middle of the line; y goes down, 0 is the base line.</param>
readonly record struct FontExtent(float Longest, float Middle)
{
    /// <summary>That of some characters, at least one.</summary>
    public static FontExtent Of(IReadOnlyCollection<SKRect> outlines)
    {
        float top = outlines.Min(outline => outline.Top), bottom = outlines.Max(outline => outline.Bottom);
        return new(Math.Max(bottom - top, outlines.Max(outline => outline.Width)), (top + bottom) / 2);
    }
}
