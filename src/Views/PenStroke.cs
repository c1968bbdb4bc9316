using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>A straight stroke.</summary>
/// <param name="X">Column of the middle.</param>
/// <param name="Y">Row of the middle.</param>
/// <param name="Angle">Direction, radians.</param>
/// <param name="Length">Length of the segment, pixels.</param>
/// <param name="Radius">Half the width of the stroke, pixels.</param>
readonly record struct PenSegment(double X, double Y, double Angle, double Length, double Radius);

/// <summary>A straight stroke of the pen added to a view: people cross their sevens, set feet under their ones, and slip.</summary>
static class PenStroke
{
    /// <summary>
    /// Adds the stroke of all places within its radius of the segment: full ink inside, fading over the last
    /// pixel; in grey, what is brighter stays.
    /// </summary>
    /// <param name="view">Pixels [C,H,W] in [0,1].</param>
    /// <param name="shape">Of the view.</param>
    /// <param name="segment">The stroke.</param>
    /// <param name="ink">Its colour, a number in [0,1] for each channel; null for white.</param>
    public static void Draw(Span<float> view, ImageShape shape, PenSegment segment, ReadOnlySpan<float> ink = default)
    {
        (double x, double y, double angle, double length, double radius) = segment;
        (double sin, double cos) = Math.SinCos(angle);
        int reach = (int)Math.Ceiling(length / 2 + radius + 1);
        for (int row = Math.Max(0, (int)y - reach); row <= Math.Min(shape.Height - 1, (int)y + reach); row++)
        {
            for (int column = Math.Max(0, (int)x - reach); column <= Math.Min(shape.Width - 1, (int)x + reach); column++)
            {
                double u = column - x, v = row - y;
                double along = Math.Clamp(u * cos + v * sin, -length / 2, length / 2);
                double distance = Math.Sqrt((u - along * cos) * (u - along * cos) + (v - along * sin) * (v - along * sin));
                float cover = (float)Math.Clamp(radius + 0.5 - distance, 0, 1);
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    ref float pixel = ref view[(channel * shape.Height + row) * shape.Width + column];
                    pixel = ink.IsEmpty ? Math.Max(pixel, cover) : pixel + cover * (ink[channel] - pixel);
                }
            }
        }
    }

    /// <summary>A stroke of any direction near the middle, 6 to 14 pixels long and 2 to 3 wide, of 28; in colour of any colour.</summary>
    public static void DrawRandom(Span<float> view, ImageShape shape, ref RandomStream random)
    {
        double scale = new ViewCanvas(shape).Scale;
        var segment = new PenSegment(random.NextDouble(7, 20) * (shape.Width / 28.0), random.NextDouble(7, 20) * (shape.Height / 28.0),
            random.NextDouble(0, Math.PI), random.NextDouble(6, 14) * scale, random.NextDouble(1, 1.5) * scale);
        Draw(view, shape, segment, shape.IsRgb ? [random.NextSingle(), random.NextSingle(), random.NextSingle()] : []);
    }
}
