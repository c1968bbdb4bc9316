using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// Parts of a view made black: a rectangle (Zhong et al. 2020, "Random Erasing Data Augmentation") or a straight bar across the image. What
/// is left must be known by its other parts.
/// </summary>
static class Occlusion
{
    /// <summary>
    /// Blackens the rectangle of columns [left..left+width) and rows [top..top+height) of <paramref name="view"/> [C,H,W].
    /// </summary>
    public static void Rectangle(Span<float> view, ImageShape shape, System.Drawing.Rectangle part)
    {
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            for (int y = part.Top; y < part.Bottom; y++)
            {
                view.Slice((channel * shape.Height + y) * shape.Width + part.Left, part.Width).Clear();
            }
        }
    }

    /// <summary>A rectangle with sides in [4..largest], of 28 pixels, anywhere within the image.</summary>
    public static void DrawRectangle(Span<float> view, ImageShape shape, int largest, ref RandomStream random)
    {
        double scale = new ViewCanvas(shape).Scale;
        int width = Scaled(4 + random.NextInt32(largest - 3)), height = Scaled(4 + random.NextInt32(largest - 3));
        Rectangle(view, shape,
            new(random.NextInt32(shape.Width - width + 1), random.NextInt32(shape.Height - height + 1), width, height));

        int Scaled(int length) => (int)Math.Round(length * scale);
    }

    /// <summary>
    /// Blackens the bar of the pixels that lie within width / 2 of a line: |cos a (x - centre) + sin a (y - centre) - offset| at most
    /// width / 2.
    /// </summary>
    public static void Bar(Span<float> view, ImageShape shape, double angle, double offset, double width)
    {
        double centreX = (shape.Width - 1) / 2.0, centreY = (shape.Height - 1) / 2.0;
        (double sin, double cos) = Math.SinCos(angle);
        cos = Math.Abs(cos) < 1e-6 ? 1e-6 : cos; // a bar along the rows takes a row whole or not at all
        for (int y = 0; y < shape.Height; y++)
        {
            double middle = (offset - sin * (y - centreY)) / cos + centreX, reach = Math.Abs(width / 2 / cos);
            int from = (int)Math.Clamp(Math.Ceiling(middle - reach), 0, shape.Width),
                to = (int)Math.Clamp(Math.Floor(middle + reach) + 1, from, shape.Width);
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                view.Slice((channel * shape.Height + y) * shape.Width + from, to - from).Clear();
            }
        }
    }

    /// <summary>A bar of any direction through the middle 16 pixels, of 28.</summary>
    public static void DrawBar(Span<float> view, ImageShape shape, double width, ref RandomStream random)
    {
        double scale = new ViewCanvas(shape).Scale;
        Bar(view, shape, random.NextDouble(0, Math.PI), random.NextDouble(-8, 8) * scale, width * scale);
    }
}
