using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// A smooth random displacement: normal values at 5 x 5 control points, joined by cubic B-splines (as the elastic distortions of Simard,
/// Steinkraus and Platt 2003, with splines in place of a blurred noise image: 25 draws instead of 784).
/// </summary>
static class ElasticField
{
    const int side = ImageSet.Side, stride = Canvas.Stride, controls = 5;

    /// <summary>Floats of a field: 28 rows, 32 apart.</summary>
    public const int Count = side * stride;

    static readonly float[] weights = Weights(); // [5,32]; columns past 27 are 0

    /// <summary>Fills <paramref name="field"/> [28,32] with one component of the displacement, in pixels; columns past 27 are 0.</summary>
    public static void Draw(Span<float> field, double deviation, ref RandomStream random)
    {
        Span<float> values = stackalloc float[controls * controls];
        foreach (ref float value in values)
        {
            value = (float)(random.NextNormal() * deviation);
        }
        ref float column = ref MemoryMarshal.GetArrayDataReference(weights), target = ref MemoryMarshal.GetReference(field);
        for (nuint x = 0; x < stride; x += 8)
        {
            Vector256<float> c0 = Vector256.LoadUnsafe(ref column, x), c1 = Vector256.LoadUnsafe(ref column, x + stride),
                c2 = Vector256.LoadUnsafe(ref column, x + 2 * stride),
                c3 = Vector256.LoadUnsafe(ref column, x + 3 * stride), c4 = Vector256.LoadUnsafe(ref column, x + 4 * stride);
            Vector256<float> r0 = Row(values), r1 = Row(values[controls..]), r2 = Row(values[(2 * controls)..]),
                r3 = Row(values[(3 * controls)..]), r4 = Row(values[(4 * controls)..]);
            for (int y = 0; y < side; y++)
            {
                (r0 * weights[y] + r1 * weights[stride + y] + r2 * weights[2 * stride + y] + r3 * weights[3 * stride + y]
                    + r4 * weights[4 * stride + y])
                    .StoreUnsafe(ref target, (nuint)(y * stride) + x);
            }

            Vector256<float> Row(ReadOnlySpan<float> row) => row[0] * c0 + row[1] * c1 + row[2] * c2 + row[3] * c3 + row[4] * c4;
        }
    }

    // The cubic B-spline at the distance of each pixel from each control point, scaled so that the deviation at a control point is kept.
    static float[] Weights()
    {
        var result = new float[controls * stride];
        for (int pixel = 0; pixel < side; pixel++)
        {
            double position = pixel * (controls - 1.0) / (side - 1);
            double[] values = [.. Enumerable.Range(0, controls).Select(control => Spline(Math.Abs(position - control)))];
            double length = Math.Sqrt(values.Sum(value => value * value));
            for (int control = 0; control < controls; control++)
            {
                result[control * stride + pixel] = (float)(values[control] / length);
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
