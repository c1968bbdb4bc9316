using SkiaSharp;
using Toolchain.Data.Images;
using Toolchain.Data.Seeds;

namespace Toolchain.Data.Glyphs;

/// <summary>The shape of one character in a font, drawn large, from which images of any size are made.</summary>
/// <param name="pixels">[Side*Side] coverage, 255 for full ink.</param>
/// <param name="ink">The part that has ink.</param>
/// <param name="outline">The smallest box around the outline, in units of which an em has 1,000; y goes down, 0 is the base line.</param>
sealed class GlyphMask(byte[] pixels, Rectangle ink, SKRect outline)
{
    // Side of the drawing, and of the box that its ink fills: a few times the largest box of an image (128 * 20 / 28).
    const int Side = 256, Box = 240;

    // Of the outline, units an em; large, so that Skia's outlines are not rounded to a coarse grid.
    const float EmSize = 1000;

    // Two shapes are the same where so little of their ink differs: edges do by rounding, and an I from an l in plain fonts by 6 %.
    const double MostDifference = 0.01;

    // Cells of a side that are compared, and the pixels of each.
    const int Cells = 32, Cell = Side / Cells;

    // Coloured images: a font's characters together take such a part of the side in height, or the widest in width.
    const double SmallestBox = 0.75, LargestBox = 0.9;

    readonly Lazy<int[]> coarse = new(() => Coarse(pixels));

    /// <summary>[Side*Side] coverage.</summary>
    public ReadOnlySpan<byte> Pixels => pixels;

    /// <summary>The smallest box around the outline, in units of which an em has 1,000; y goes down, 0 is the base line.</summary>
    public SKRect Outline => outline;

    /// <summary>Whether two characters have the same shape, whatever their place and size in the font.</summary>
    public bool IsLike(GlyphMask other)
    {
        long differing = 0, all = 0;
        for (int i = 0; i < Cells * Cells; i++)
        {
            (int here, int there) = (coarse.Value[i], other.coarse.Value[i]);
            (differing, all) = (differing + Math.Abs(here - there), all + Math.Max(here, there));
        }
        return differing <= all * MostDifference;
    }

    /// <summary>Draws a character; null where the font has no outline with ink for it.</summary>
    public static GlyphMask? Draw(SKTypeface font, int character)
    {
        using var pen = new SKFont(font, EmSize) { Hinting = SKFontHinting.None, Subpixel = true, LinearMetrics = true };
        using SKPath? outline = pen.GetGlyphPath(font.GetGlyph(character));
        if (outline is null || !outline.GetTightBounds(out SKRect bounds) || !(Math.Max(bounds.Width, bounds.Height) > 0))
        {
            return null;
        }
        float scale = Box / Math.Max(bounds.Width, bounds.Height);
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Gray8, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Black);
        canvas.Translate(Side / 2f, Side / 2f);
        canvas.Scale(scale);
        canvas.Translate(-bounds.MidX, -bounds.MidY);
        using var paint = new SKPaint { IsAntialias = true, Color = SKColors.White };
        canvas.DrawPath(outline, paint);
        canvas.Flush();
        byte[] drawn = bitmap.GetPixelSpan().ToArray();
        return Rectangle.Around<byte>(drawn, Side, Side) is { } ink ? new(drawn, ink, bounds) : null;
    }

    /// <summary>Writes an image in grey: bright on black, as MNIST's (<see cref="DigitFit"/>).</summary>
    /// <param name="shape">Of the image.</param>
    /// <param name="destination">[H*W].</param>
    public void ToGray(ImageShape shape, Span<byte> destination) =>
        DigitFit.Fit(new(pixels, Side, Side, "glyph"), false, 0, shape, destination);

    /// <summary>
    /// Writes an image in colour: the character in one colour on a ground of others. The characters of a font keep their sizes to each
    /// other and their height on the line, as in a line of text: otherwise nothing would tell an o from an O, nor a p from a P.
    /// </summary>
    /// <param name="shape">Of the image.</param>
    /// <param name="font">What the characters of the font take together.</param>
    /// <param name="random">Decides size, place and colours.</param>
    /// <param name="destination">[3*H*W], channel after channel.</param>
    public void ToColour(ImageShape shape, FontExtent font, ref RandomStream random, Span<byte> destination)
    {
        double unit = random.NextDouble(SmallestBox, LargestBox) * Math.Min(shape.Width, shape.Height) / font.Longest;
        double scale = unit * Math.Max(outline.Width, outline.Height) / Math.Max(ink.Width, ink.Height);
        int columns = Math.Max(1, (int)Math.Round(ink.Width * scale)), rows = Math.Max(1, (int)Math.Round(ink.Height * scale));
        int left = Place(shape.Width, columns, 0, ref random);
        int top = Place(shape.Height, rows, unit * (outline.MidY - font.Middle), ref random);
        float[] scaled = Resampling.Scale(Array.ConvertAll(pixels, value => (float)value), Side, ink, columns, rows);
        byte[] cover = new byte[shape.PixelCount];
        for (int i = 0; i < scaled.Length; i++)
        {
            cover[(top + i / columns) * shape.Width + left + i % columns] = (byte)MathF.Round(scaled[i]);
        }
        TexturedGround.Paint(cover, shape, ref random, destination);
    }

    // Off the middle by so much, give or take a sixteenth of the side, within the side.
    static int Place(int side, int length, double off, ref RandomStream random)
    {
        double middle = (side - length) / 2.0 + off, shift = random.NextDouble(-side / 16.0, side / 16.0);
        return Math.Clamp((int)Math.Round(middle + shift), 0, side - length);
    }

    static int[] Coarse(byte[] pixels)
    {
        int[] sums = new int[Cells * Cells];
        for (int i = 0; i < pixels.Length; i++)
        {
            sums[i / Side / Cell * Cells + i % Side / Cell] += pixels[i];
        }
        return sums;
    }
}
