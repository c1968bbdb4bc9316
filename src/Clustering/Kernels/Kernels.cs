using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering;

/// <summary>The inner loops, in Vector256 with fused multiply-add.</summary>
static class Kernels
{
    /// <summary>Inner product of two rows, in float32 with 32 partial sums: four chains of additions keep the adders busy.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float x = ref MemoryMarshal.GetReference(a), y = ref MemoryMarshal.GetReference(b);
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 32 <= a.Length; i += 32)
        {
            nuint at = (nuint)i;
            s0 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, at), Vector256.LoadUnsafe(ref y, at), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, at + 8), Vector256.LoadUnsafe(ref y, at + 8), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, at + 16), Vector256.LoadUnsafe(ref y, at + 16), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, at + 24), Vector256.LoadUnsafe(ref y, at + 24), s3);
        }
        for (; i + 8 <= a.Length; i += 8)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, (nuint)i), Vector256.LoadUnsafe(ref y, (nuint)i), s0);
        }
        float total = Vector256.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }
        return total;
    }

    /// <summary>Whether all numbers are finite: only then is x - x zero.</summary>
    public static bool AreFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Vector256<float> sum = default;
        foreach (Vector256<float> vector in vectors)
        {
            sum += vector - vector;
        }
        float total = Vector256.Sum(sum);
        foreach (float value in values[(vectors.Length * Vector256<float>.Count)..])
        {
            total += value - value;
        }
        return total == 0;
    }

    /// <summary>The rows, each divided by its length; rows of zeros stay.</summary>
    public static float[] Unit(Rows rows)
    {
        float[] values = rows.Values.ToArray();
        for (int row = 0; row < rows.Count; row++)
        {
            Span<float> own = values.AsSpan(row * rows.Width, rows.Width);
            float scale = 1 / MathF.Max(1e-12f, MathF.Sqrt(Dot(own, own)));
            foreach (ref float value in own)
            {
                value *= scale;
            }
        }
        return values;
    }

    /// <summary>Inner product in float64 with four partial sums.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector256<double>> va = MemoryMarshal.Cast<double, Vector256<double>>(a), vb = MemoryMarshal.Cast<double, Vector256<double>>(b);
        Vector256<double> sum = default;
        for (int i = 0; i < va.Length; i++)
        {
            sum = Vector256.FusedMultiplyAdd(va[i], vb[i], sum);
        }
        double total = Vector256.Sum(sum);
        for (int i = va.Length * Vector256<double>.Count; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }
        return total;
    }

    /// <summary>centred = row - origin; weighted = weight * centred; sum += weighted.</summary>
    public static void CentreAndWeigh(ReadOnlySpan<float> row, double[] origin, double weight, Span<double> centred, Span<double> weighted, double[] sum)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        ref double o = ref MemoryMarshal.GetArrayDataReference(origin), s = ref MemoryMarshal.GetArrayDataReference(sum);
        ref double c = ref MemoryMarshal.GetReference(centred), w = ref MemoryMarshal.GetReference(weighted);
        int i = 0;
        for (; i + 4 <= row.Length; i += 4)
        {
            nuint at = (nuint)i;
            Vector256<double> difference = Vector256.WidenLower(Vector128.LoadUnsafe(ref x, at).ToVector256Unsafe()) - Vector256.LoadUnsafe(ref o, at);
            Vector256<double> scaled = difference * weight;
            difference.StoreUnsafe(ref c, at);
            scaled.StoreUnsafe(ref w, at);
            (Vector256.LoadUnsafe(ref s, at) + scaled).StoreUnsafe(ref s, at);
        }
        for (; i < row.Length; i++)
        {
            centred[i] = row[i] - origin[i];
            weighted[i] = centred[i] * weight;
            sum[i] += weighted[i];
        }
    }

    /// <summary>target += source.</summary>
    public static void Add(ReadOnlySpan<float> source, Span<double> target) => AddSigned(source, target, 1);

    /// <summary>target -= source.</summary>
    public static void Subtract(ReadOnlySpan<float> source, Span<double> target) => AddSigned(source, target, -1);

    // A product with 1 or -1 is exact.
    static void AddSigned(ReadOnlySpan<float> source, Span<double> target, double sign)
    {
        ref float from = ref MemoryMarshal.GetReference(source);
        ref double to = ref MemoryMarshal.GetReference(target);
        int i = 0;
        for (; i + 8 <= source.Length; i += 8)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            Vector256.FusedMultiplyAdd(low, Vector256.Create(sign), Vector256.LoadUnsafe(ref to, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            Vector256.FusedMultiplyAdd(high, Vector256.Create(sign), Vector256.LoadUnsafe(ref to, (nuint)i + 4)).StoreUnsafe(ref to, (nuint)i + 4);
        }
        for (; i < source.Length; i++)
        {
            target[i] += sign * source[i];
        }
    }

    /// <summary>target += rate (goal - target).</summary>
    public static void MoveTowards(Span<float> target, ReadOnlySpan<float> goal, float rate)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += rate * (goal[i] - target[i]);
        }
    }

    /// <summary>target += factor * source.</summary>
    public static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        ref double from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        var scale = Vector256.Create(factor);
        int i = 0;
        for (; i + 4 <= target.Length; i += 4)
        {
            Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, (nuint)i), scale, Vector256.LoadUnsafe(ref to, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < target.Length; i++)
        {
            target[i] = Math.FusedMultiplyAdd(factor, source[i], target[i]);
        }
    }

    /// <summary>Squared Euclidean distance; differences and sums in float64.</summary>
    public static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float x = ref MemoryMarshal.GetReference(a), y = ref MemoryMarshal.GetReference(b);
        Vector256<double> low = default, high = default;
        int i = 0;
        for (; i + 8 <= a.Length; i += 8)
        {
            (Vector256<double> xl, Vector256<double> xh) = Vector256.Widen(Vector256.LoadUnsafe(ref x, (nuint)i));
            (Vector256<double> yl, Vector256<double> yh) = Vector256.Widen(Vector256.LoadUnsafe(ref y, (nuint)i));
            low = Vector256.FusedMultiplyAdd(xl - yl, xl - yl, low);
            high = Vector256.FusedMultiplyAdd(xh - yh, xh - yh, high);
        }
        double sum = Vector256.Sum(low + high);
        for (; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
