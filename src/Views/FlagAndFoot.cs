using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// A flag at the highest end of the ink and a foot under the lowest, as some people write their ones and others do not.
/// </summary>
static class FlagAndFoot
{
    // Fainter pixels are the blurred edge of the ink.
    const float Ink = 0.25f;

    /// <summary>
    /// Adds a flag, a foot, or both, each in a third of the views. Lengths are for 28 x 28 pixels: a flag of
    /// 3 to 8 goes down to the left, a foot of 5 to 14 is level but for 0.2 radians.
    /// </summary>
    /// <param name="view">Pixels [1,H,W] in [0,1].</param>
    /// <param name="shape">Of the view, grey.</param>
    /// <param name="random">Of the view.</param>
    public static void Draw(Span<float> view, ImageShape shape, ref RandomStream random)
    {
        double scale = new ViewCanvas(shape).Scale;
        int parts = random.NextInt32(3); // flag, foot, both
        double radius = random.NextDouble(0.7, 1.5) * scale, flag = random.NextDouble(3, 8) * scale,
            foot = random.NextDouble(5, 14) * scale;
        double descent = random.NextDouble(0.4, 1.3), slope = random.NextDouble(-0.2, 0.2), aside = random.NextDouble(-0.3, 0.3);
        int first = view.IndexOfAnyInRange(Ink, 1f), last = view.LastIndexOfAnyInRange(Ink, 1f);
        if (first < 0)
        {
            return;
        }
        (int top, int bottom) = (first / shape.Width, last / shape.Width);
        double start = MiddleOf(view, top, shape.Width), end = MiddleOf(view, bottom, shape.Width);
        if (parts != 1)
        {
            (double sin, double cos) = Math.SinCos(descent);
            PenStroke.Draw(view, shape, new(start - cos * flag / 2, top + sin * flag / 2, -descent, flag, radius));
        }
        if (parts != 0)
        {
            PenStroke.Draw(view, shape, new(end + aside * foot, bottom, slope, foot, radius));
        }
    }

    // Column in the middle of a row's ink.
    static double MiddleOf(ReadOnlySpan<float> view, int row, int width)
    {
        ReadOnlySpan<float> pixels = view.Slice(row * width, width);
        return (pixels.IndexOfAnyInRange(Ink, 1f) + pixels.LastIndexOfAnyInRange(Ink, 1f)) / 2.0;
    }
}
