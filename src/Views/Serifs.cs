using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// Short bars across the ends of strokes: the ink at the lowest, highest, leftmost and rightmost pixels of a grey image grows along that
/// side. It is what parts a font with serifs from one without, and a one with a foot from one without.
/// </summary>
static class Serifs
{
    // Of 255; fainter pixels are the blurred edge of the ink.
    const byte Ink = 64;

    // Of 28 x 28 pixels.
    const int LongestReach = 5, LargestWidth = 2;

    /// <summary>
    /// Adds bars of one random size at the bottom, with probability 3/4 at the top too, and with probability 1/2 at both other sides. The
    /// bottom always has some: bars at the top alone would turn I into T and a one into a seven.
    /// </summary>
    /// <param name="image">H * W bytes.</param>
    /// <param name="changed">Receives H * W bytes.</param>
    /// <param name="layout">Of the image.</param>
    /// <param name="random">Of the view.</param>
    public static void Draw(ReadOnlySpan<byte> image, Span<byte> changed, ViewCanvas layout, ref RandomStream random)
    {
        int width = Scaled(1 + random.NextInt32(LargestWidth)), bottom = Scaled(1 + random.NextInt32(LongestReach)),
            top = random.NextInt32(4) > 0 ? bottom : 0, side = random.NextInt32(2) * bottom;
        image.CopyTo(changed);
        System.Drawing.Rectangle ink = InkOf(image, layout.Width);
        for (int i = 0; i < Math.Min(width, Math.Min(ink.Width, ink.Height)); i++)
        {
            Grow(Row(ink.Top + i), top, image, changed);
            Grow(Row(ink.Bottom - 1 - i), bottom, image, changed);
            Grow(Column(ink.Left + i), side, image, changed);
            Grow(Column(ink.Right - 1 - i), side, image, changed);
        }

        int Scaled(int length) => (int)Math.Round(length * layout.Scale);

        PixelLine Row(int y) => new(y * layout.Width, 1, layout.Width);

        PixelLine Column(int x) => new(x, layout.Width, layout.Height);
    }

    /// <summary>Each pixel of a line becomes the largest of those up to <paramref name="reach"/> pixels away on it.</summary>
    public static void Grow(PixelLine line, int reach, ReadOnlySpan<byte> image, Span<byte> changed)
    {
        for (int to = 0; to < line.Count; to++)
        {
            ref byte grown = ref changed[line.At(to)];
            for (int from = Math.Max(0, to - reach); from <= Math.Min(line.Count - 1, to + reach); from++)
            {
                grown = Math.Max(grown, image[line.At(from)]);
            }
        }
    }

    /// <summary>The smallest rectangle with all ink; an empty one of an empty image.</summary>
    public static System.Drawing.Rectangle InkOf(ReadOnlySpan<byte> image, int width)
    {
        int top = image.IndexOfAnyInRange(Ink, byte.MaxValue) / width, left = width, right = -1, bottom = -1;
        for (int y = Math.Max(0, top); y * width < image.Length; y++)
        {
            ReadOnlySpan<byte> row = image.Slice(y * width, width);
            if (row.IndexOfAnyInRange(Ink, byte.MaxValue) is int first and >= 0)
            {
                (left, right, bottom) = (Math.Min(left, first), Math.Max(right, row.LastIndexOfAnyInRange(Ink, byte.MaxValue)), y);
            }
        }
        return bottom < 0 ? default : System.Drawing.Rectangle.FromLTRB(left, top, right + 1, bottom + 1);
    }
}
