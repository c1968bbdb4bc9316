using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering;

/// <summary>The inner loops, in Vector256 with fused multiply-add.</summary>
static class Kernels
{
    /// <summary>Inner product of two rows, in float32 with eight partial sums.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector256<float>> va = MemoryMarshal.Cast<float, Vector256<float>>(a), vb = MemoryMarshal.Cast<float, Vector256<float>>(b);
        Vector256<float> sum = default;
        for (int i = 0; i < va.Length; i++)
        {
            sum = Vector256.FusedMultiplyAdd(va[i], vb[i], sum);
        }
        float total = Vector256.Sum(sum);
        for (int i = va.Length * Vector256<float>.Count; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }
        return total;
    }

    /// <summary>
    /// Inner products of every row [n,D] with every centre [k,D] into <paramref name="products"/> [n,k]: two rows by four centres at a
    /// time, so that each loaded vector serves several sums.
    /// </summary>
    public static void Products(ReadOnlySpan<float> rows, ReadOnlySpan<float> centres, int width, Span<float> products)
    {
        int n = rows.Length / width, k = centres.Length / width, row = 0;
        for (; row + 1 < n; row += 2)
        {
            ReadOnlySpan<float> x = rows.Slice(row * width, width), y = rows.Slice((row + 1) * width, width);
            Span<float> px = products.Slice(row * k, k), py = products.Slice((row + 1) * k, k);
            int c = 0;
            for (; c + 3 < k; c += 4)
            {
                Tile(x, y, centres.Slice(c * width, 4 * width), px.Slice(c, 4), py.Slice(c, 4));
            }
            for (; c < k; c++)
            {
                px[c] = Dot(x, centres.Slice(c * width, width));
                py[c] = Dot(y, centres.Slice(c * width, width));
            }
        }
        for (; row < n; row++)
        {
            for (int c = 0; c < k; c++)
            {
                products[row * k + c] = Dot(rows.Slice(row * width, width), centres.Slice(c * width, width));
            }
        }
    }

    static void Tile(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> centres, Span<float> px, Span<float> py)
    {
        int width = x.Length, step = Vector256<float>.Count, end = width - width % step;
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y), c0 = ref MemoryMarshal.GetReference(centres);
        Vector256<float> xa = default, xb = default, xc = default, xd = default, ya = default, yb = default, yc = default, yd = default;
        for (nuint i = 0; i < (nuint)end; i += (nuint)step)
        {
            Vector256<float> vx = Vector256.LoadUnsafe(ref x0, i), vy = Vector256.LoadUnsafe(ref y0, i);
            Vector256<float> a = Vector256.LoadUnsafe(ref c0, i), b = Vector256.LoadUnsafe(ref c0, i + (nuint)width);
            Vector256<float> c = Vector256.LoadUnsafe(ref c0, i + 2 * (nuint)width), d = Vector256.LoadUnsafe(ref c0, i + 3 * (nuint)width);
            xa = Vector256.FusedMultiplyAdd(vx, a, xa);
            xb = Vector256.FusedMultiplyAdd(vx, b, xb);
            xc = Vector256.FusedMultiplyAdd(vx, c, xc);
            xd = Vector256.FusedMultiplyAdd(vx, d, xd);
            ya = Vector256.FusedMultiplyAdd(vy, a, ya);
            yb = Vector256.FusedMultiplyAdd(vy, b, yb);
            yc = Vector256.FusedMultiplyAdd(vy, c, yc);
            yd = Vector256.FusedMultiplyAdd(vy, d, yd);
        }
        (px[0], px[1], px[2], px[3]) = (Vector256.Sum(xa), Vector256.Sum(xb), Vector256.Sum(xc), Vector256.Sum(xd));
        (py[0], py[1], py[2], py[3]) = (Vector256.Sum(ya), Vector256.Sum(yb), Vector256.Sum(yc), Vector256.Sum(yd));
        for (int i = end; i < width; i++)
        {
            for (int centre = 0; centre < 4; centre++)
            {
                px[centre] += x[i] * centres[centre * width + i];
                py[centre] += y[i] * centres[centre * width + i];
            }
        }
    }

    /// <summary>target += factor * source.</summary>
    public static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        int step = Vector<double>.Count, i = 0;
        for (; i + step <= target.Length; i += step)
        {
            Vector<double> sum = Vector.FusedMultiplyAdd(new Vector<double>(source[i..]), new Vector<double>(factor), new Vector<double>(target[i..]));
            sum.CopyTo(target[i..]);
        }
        for (; i < target.Length; i++)
        {
            target[i] += factor * source[i];
        }
    }

    /// <summary>Squared Euclidean distance in float64.</summary>
    public static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
