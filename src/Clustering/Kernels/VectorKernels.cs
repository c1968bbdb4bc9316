using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolchain.Clustering.Kernels;

/// <summary>
/// Sums over two rows a, b [D] that lie as they are: sum a_i b_i, sum (a_i - b_i)^2. Vector i of several partial sums takes the elements
/// i, i + 8, ... of each 32, so the order of additions, and with it the bits, depends on D alone. Vector256 with fused multiply-add; the
/// last elements that fill no vector one by one.
/// </summary>
static partial class VectorKernels
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

    /// <summary>
    /// Inner products of one row with two others, each of the same bits as alone: every vector of the row is loaded once.
    /// </summary>
    public static (float First, float Second) Dot(ReadOnlySpan<float> row, ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        ref float x = ref MemoryMarshal.GetReference(row), y = ref MemoryMarshal.GetReference(first),
            z = ref MemoryMarshal.GetReference(second);
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        int i = 0;
        for (; i + 32 <= row.Length; i += 32)
        {
            nuint at = (nuint)i;
            Vector256<float> value = Vector256.LoadUnsafe(ref x, at);
            s0 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref y, at), s0);
            t0 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref z, at), t0);
            value = Vector256.LoadUnsafe(ref x, at + 8);
            s1 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref y, at + 8), s1);
            t1 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref z, at + 8), t1);
            value = Vector256.LoadUnsafe(ref x, at + 16);
            s2 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref y, at + 16), s2);
            t2 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref z, at + 16), t2);
            value = Vector256.LoadUnsafe(ref x, at + 24);
            s3 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref y, at + 24), s3);
            t3 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref z, at + 24), t3);
        }
        for (; i + 8 <= row.Length; i += 8)
        {
            Vector256<float> value = Vector256.LoadUnsafe(ref x, (nuint)i);
            s0 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref y, (nuint)i), s0);
            t0 = Vector256.FusedMultiplyAdd(value, Vector256.LoadUnsafe(ref z, (nuint)i), t0);
        }
        (float a, float b) = (Vector256.Sum(s0 + s1 + (s2 + s3)), Vector256.Sum(t0 + t1 + (t2 + t3)));
        for (; i < row.Length; i++)
        {
            a += row[i] * first[i];
            b += row[i] * second[i];
        }
        return (a, b);
    }

    /// <summary>Prefetches the cache lines of <paramref name="bytes"/>.</summary>
    public static unsafe void Prefetch(ReadOnlySpan<byte> bytes)
    {
        const int line = 64;
        if (Sse.IsSupported)
        {
            ref byte first = ref MemoryMarshal.GetReference(bytes);
            for (int at = 0; at < bytes.Length; at += line)
            {
                // The collector may move the array meanwhile: a prefetch of a wrong address does no harm.
                Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref first, at)));
            }
        }
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

    /// <summary>Inner product in float64 with four partial sums.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector256<double>> va = MemoryMarshal.Cast<double, Vector256<double>>(a), vb = MemoryMarshal.Cast<double,
            Vector256<double>>(b);
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

    /// <summary>Squared Euclidean distance; differences and sums in float64.</summary>
    public static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float x = ref MemoryMarshal.GetReference(a), y = ref MemoryMarshal.GetReference(b);
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i + 16 <= a.Length; i += 16)
        {
            (Vector256<double> d0, Vector256<double> d1) = Difference(ref x, ref y, (nuint)i);
            (Vector256<double> d2, Vector256<double> d3) = Difference(ref x, ref y, (nuint)i + 8);
            s0 = Vector256.FusedMultiplyAdd(d0, d0, s0);
            s1 = Vector256.FusedMultiplyAdd(d1, d1, s1);
            s2 = Vector256.FusedMultiplyAdd(d2, d2, s2);
            s3 = Vector256.FusedMultiplyAdd(d3, d3, s3);
        }
        double sum = Vector256.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }

    static (Vector256<double> Low, Vector256<double> High) Difference(ref float x, ref float y, nuint at)
    {
        (Vector256<double> xl, Vector256<double> xh) = Vector256.Widen(Vector256.LoadUnsafe(ref x, at));
        (Vector256<double> yl, Vector256<double> yh) = Vector256.Widen(Vector256.LoadUnsafe(ref y, at));
        return (xl - yl, xh - yh);
    }
}
