using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// A smooth random displacement: normal values at 5 x 5 control points, joined by cubic B-splines (as the elastic distortions of Simard,
/// Steinkraus and Platt 2003, with splines in place of a blurred noise image: 25 draws instead of 784).
/// </summary>
/// <param name="canvas">Layout of the view.</param>
public sealed class ElasticField(ViewCanvas canvas)
{
    const int Controls = 5;

    readonly float[] rows = Weights(canvas.Height, canvas.Height); // [5,H]
    readonly float[] columns = Weights(canvas.Width, canvas.Stride); // [5,S]; columns past the image's are 0

    /// <summary>Floats of a field: H rows, S apart.</summary>
    public static int CountOf(ViewCanvas canvas) => canvas.Height * canvas.Stride;

    /// <summary>Fills <paramref name="field"/> [H,S] with one component of the displacement, in pixels; columns past the image's are
    /// 0.</summary>
    public void Draw(Span<float> field, double deviation, ref RandomStream random)
    {
        Span<float> values = stackalloc float[Controls * Controls];
        foreach (ref float value in values)
        {
            value = (float)(random.NextNormal() * deviation * canvas.Scale);
        }
        int stride = canvas.Stride, height = canvas.Height;
        ref float column = ref MemoryMarshal.GetArrayDataReference(columns), target = ref MemoryMarshal.GetReference(field);
        for (nuint x = 0; x < (nuint)stride; x += 8)
        {
            Vector256<float> c0 = Vector256.LoadUnsafe(ref column, x), c1 = Vector256.LoadUnsafe(ref column, x + (nuint)stride),
                c2 = Vector256.LoadUnsafe(ref column, x + 2 * (nuint)stride),
                c3 = Vector256.LoadUnsafe(ref column, x + 3 * (nuint)stride), c4 = Vector256.LoadUnsafe(ref column, x + 4 * (nuint)stride);
            Vector256<float> r0 = Row(values), r1 = Row(values[Controls..]), r2 = Row(values[(2 * Controls)..]),
                r3 = Row(values[(3 * Controls)..]), r4 = Row(values[(4 * Controls)..]);
            for (int y = 0; y < height; y++)
            {
                (r0 * rows[y] + r1 * rows[height + y] + r2 * rows[2 * height + y] + r3 * rows[3 * height + y] + r4 * rows[4 * height + y])
                    .StoreUnsafe(ref target, (nuint)(y * stride) + x);
            }

            Vector256<float> Row(ReadOnlySpan<float> row) => row[0] * c0 + row[1] * c1 + row[2] * c2 + row[3] * c3 + row[4] * c4;
        }
    }

    // The cubic B-spline at the distance of each pixel from each control point, scaled so that the deviation at a control point is kept.
    static float[] Weights(int side, int stride)
    {
        var result = new float[Controls * stride];
        for (int pixel = 0; pixel < side; pixel++)
        {
            double position = pixel * (Controls - 1.0) / (side - 1);
            double[] values = [.. Enumerable.Range(0, Controls).Select(control => Spline(Math.Abs(position - control)))];
            double length = Math.Sqrt(values.Sum(value => value * value));
            for (int control = 0; control < Controls; control++)
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
