using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// Short bars at the ends of strokes: the ink of the highest and the lowest rows of a grey image grows to both sides. It is what parts a
/// font with serifs from one without, and a one with a foot from one without.
/// </summary>
static class Serifs
{
    // Of 255; fainter pixels are the blurred edge of the ink.
    const byte Ink = 64;

    // Of 28 x 28 pixels.
    const int LongestReach = 4, LargestHeight = 2;

    /// <summary>
    /// Adds bars of random sizes at the bottom, or at both ends: at the top alone they would turn I into T and a one into a seven.
    /// </summary>
    /// <param name="image">H * W bytes.</param>
    /// <param name="changed">Receives H * W bytes.</param>
    /// <param name="layout">Of the image.</param>
    /// <param name="random">Of the view.</param>
    public static void Draw(ReadOnlySpan<byte> image, Span<byte> changed, ViewCanvas layout, ref RandomStream random)
    {
        int height = Scaled(1 + random.NextInt32(LargestHeight)), bottom = Scaled(1 + random.NextInt32(LongestReach));
        int top = random.NextInt32(2) * Scaled(1 + random.NextInt32(LongestReach));
        image.CopyTo(changed);
        (int first, int last) = InkRows(image, layout.Width);
        for (int row = first; row <= last; row++)
        {
            int reach = row < first + height ? top : row > last - height ? bottom : 0;
            Widen(image.Slice(row * layout.Width, layout.Width), changed.Slice(row * layout.Width, layout.Width), reach);
        }

        int Scaled(int length) => (int)Math.Round(length * layout.Scale);
    }

    /// <summary>Each pixel becomes the largest of those up to <paramref name="reach"/> columns away.</summary>
    public static void Widen(ReadOnlySpan<byte> row, Span<byte> widened, int reach)
    {
        for (int shift = 1; shift <= reach; shift++)
        {
            for (int x = 0; x < row.Length - shift; x++)
            {
                widened[x] = Math.Max(widened[x], row[x + shift]);
                widened[x + shift] = Math.Max(widened[x + shift], row[x]);
            }
        }
    }

    /// <summary>The first and the last row with ink; (0, -1) of an empty image.</summary>
    public static (int First, int Last) InkRows(ReadOnlySpan<byte> image, int width)
    {
        int first = image.IndexOfAnyInRange(Ink, byte.MaxValue), last = image.LastIndexOfAnyInRange(Ink, byte.MaxValue);
        return first < 0 ? (0, -1) : (first / width, last / width);
    }
}
