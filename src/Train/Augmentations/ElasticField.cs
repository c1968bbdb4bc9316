using Toolchain.Data;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// A smooth random displacement: normal values at 5 x 5 control points, joined by cubic B-splines (as the elastic distortions of Simard,
/// Steinkraus and Platt 2003, with splines in place of a blurred noise image: 25 draws instead of 784).
/// </summary>
static class ElasticField
{
    const int side = DigitSet.Side, controls = 5;

    static readonly float[] weights = Weights(); // [28,5]

    /// <summary>Fills <paramref name="field"/> [28,28] with one component of the displacement, in pixels.</summary>
    public static void Draw(Span<float> field, double deviation, ref RandomStream random)
    {
        Span<float> rows = stackalloc float[controls * side];
        for (int row = 0; row < controls; row++)
        {
            Span<float> target = rows.Slice(row * side, side);
            target.Clear();
            for (int column = 0; column < controls; column++)
            {
                float value = (float)(random.NextNormal() * deviation);
                for (int x = 0; x < side; x++)
                {
                    target[x] += value * weights[x * controls + column];
                }
            }
        }
        for (int y = 0; y < side; y++)
        {
            Span<float> target = field.Slice(y * side, side);
            target.Clear();
            for (int row = 0; row < controls; row++)
            {
                float weight = weights[y * controls + row];
                ReadOnlySpan<float> source = rows.Slice(row * side, side);
                for (int x = 0; x < side; x++)
                {
                    target[x] += weight * source[x];
                }
            }
        }
    }

    // The cubic B-spline at the distance of each pixel from each control point, scaled so that the deviation at a control point is kept.
    static float[] Weights()
    {
        var result = new float[side * controls];
        for (int pixel = 0; pixel < side; pixel++)
        {
            double position = pixel * (controls - 1.0) / (side - 1);
            double[] values = [.. Enumerable.Range(0, controls).Select(control => Spline(Math.Abs(position - control)))];
            double length = Math.Sqrt(values.Sum(value => value * value));
            for (int control = 0; control < controls; control++)
            {
                result[pixel * controls + control] = (float)(values[control] / length);
            }
        }
        return result;
    }

    static double Spline(double distance) => distance switch
    {
        < 1 => 2 / 3.0 - distance * distance * (1 - distance / 2),
        < 2 => Math.Pow(2 - distance, 3) / 6,
        _ => 0,
    };
}
