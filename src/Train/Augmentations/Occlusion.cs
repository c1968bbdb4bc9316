using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// Parts of a view made black: a rectangle (Zhong et al. 2020, "Random Erasing Data Augmentation") or a straight bar across the image. What
/// is left must be known by its other parts.
/// </summary>
static class Occlusion
{
    const int side = ImageSet.Side;

    /// <summary>
    /// Blackens the rectangle of columns [left..left+width) and rows [top..top+height) of <paramref name="view"/> [28,28].
    /// </summary>
    public static void Rectangle(Span<float> view, int left, int top, int width, int height)
    {
        for (int y = top; y < top + height; y++)
        {
            view.Slice(y * side + left, width).Clear();
        }
    }

    /// <summary>A rectangle with sides in [4..largest] anywhere within the image.</summary>
    public static void DrawRectangle(Span<float> view, int largest, ref RandomStream random)
    {
        int width = 4 + random.NextInt32(largest - 3), height = 4 + random.NextInt32(largest - 3);
        Rectangle(view, random.NextInt32(side - width + 1), random.NextInt32(side - height + 1), width, height);
    }

    /// <summary>
    /// Blackens the bar of the pixels that lie within width / 2 of a line: |cos a (x - 13.5) + sin a (y - 13.5) - offset| at most width /
    /// 2.
    /// </summary>
    public static void Bar(Span<float> view, double angle, double offset, double width)
    {
        const double centre = (side - 1) / 2.0;
        (double sin, double cos) = Math.SinCos(angle);
        cos = Math.Abs(cos) < 1e-6 ? 1e-6 : cos; // a bar along the rows takes a row whole or not at all
        for (int y = 0; y < side; y++)
        {
            double middle = (offset - sin * (y - centre)) / cos + centre, reach = Math.Abs(width / 2 / cos);
            int from = (int)Math.Clamp(Math.Ceiling(middle - reach), 0, side),
                to = (int)Math.Clamp(Math.Floor(middle + reach) + 1, from, side);
            view.Slice(y * side + from, to - from).Clear();
        }
    }

    /// <summary>A bar of any direction through the middle 16 pixels.</summary>
    public static void DrawBar(Span<float> view, double width, ref RandomStream random) =>
        Bar(view, random.NextDouble(0, Math.PI), random.NextDouble(-8, 8), width);
}
