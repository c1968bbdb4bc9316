using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolchain.Clustering.Kernels;

/// <summary>
/// sum x_i y_i, exact in 32-bit whole numbers, of a row of bytes x [D] with rows of 16-bit whole numbers y [D]: bytes are widened to 16
/// bits, and products of neighbours are added in pairs, sixteen products in two instructions.
/// </summary>
static class ByteProducts
{
    /// <summary>Whether the machine has those instructions; nothing here may be called where it has not.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>The largest magnitude of a 16-bit number with which no sum of rows of that width overflows.</summary>
    public static int Limit(int width) => (int)Math.Min(short.MaxValue, int.MaxValue / (2L * byte.MaxValue * (width / 32 + 1)));

    /// <summary>sum x_i^2.</summary>
    public static double Square(ReadOnlySpan<byte> row)
    {
        ref byte x = ref MemoryMarshal.GetReference(row);
        Vector256<int> s0 = default, s1 = default;
        int i = 0;
        for (; i + 32 <= row.Length; i += 32)
        {
            Vector256<short> low = Widen(ref x, i), high = Widen(ref x, i + 16);
            (s0, s1) = (s0 + Avx2.MultiplyAddAdjacent(low, low), s1 + Avx2.MultiplyAddAdjacent(high, high));
        }
        double square = Sum(s0, s1);
        for (; i < row.Length; i++)
        {
            square += row[i] * row[i];
        }
        return square;
    }

    /// <summary>The products of a row with two others of its length.</summary>
    public static (double First, double Second) Dot(ReadOnlySpan<byte> row, ReadOnlySpan<short> first, ReadOnlySpan<short> second)
    {
        ref byte x = ref MemoryMarshal.GetReference(row);
        ref short a = ref MemoryMarshal.GetReference(first), b = ref MemoryMarshal.GetReference(second);
        Vector256<int> s0 = default, s1 = default, t0 = default, t1 = default;
        int i = 0;
        for (; i + 32 <= row.Length; i += 32)
        {
            Vector256<short> low = Widen(ref x, i), high = Widen(ref x, i + 16);
            (s0, s1) = (s0 + Multiply(low, ref a, i), s1 + Multiply(high, ref a, i + 16));
            (t0, t1) = (t0 + Multiply(low, ref b, i), t1 + Multiply(high, ref b, i + 16));
        }
        for (; i + 16 <= row.Length; i += 16)
        {
            Vector256<short> low = Widen(ref x, i);
            (s0, t0) = (s0 + Multiply(low, ref a, i), t0 + Multiply(low, ref b, i));
        }
        (double p, double q) = (Sum(s0, s1), Sum(t0, t1));
        for (; i < row.Length; i++)
        {
            p += row[i] * first[i];
            q += row[i] * second[i];
        }
        return (p, q);
    }

    /// <summary>The products of a row with four others, which begin <paramref name="stride"/> numbers apart.</summary>
    public static Vector256<double> Dot(ReadOnlySpan<byte> row, ReadOnlySpan<short> others, int stride)
    {
        ref byte x = ref MemoryMarshal.GetReference(row);
        ref short a = ref MemoryMarshal.GetReference(others), b = ref Unsafe.Add(ref a, stride), c = ref Unsafe.Add(ref b, stride),
            d = ref Unsafe.Add(ref c, stride);
        Vector256<int> s0 = default, s1 = default, t0 = default, t1 = default, u0 = default, u1 = default, v0 = default, v1 = default;
        int i = 0;
        for (; i + 32 <= row.Length; i += 32)
        {
            Vector256<short> low = Widen(ref x, i), high = Widen(ref x, i + 16);
            (s0, s1) = (s0 + Multiply(low, ref a, i), s1 + Multiply(high, ref a, i + 16));
            (t0, t1) = (t0 + Multiply(low, ref b, i), t1 + Multiply(high, ref b, i + 16));
            (u0, u1) = (u0 + Multiply(low, ref c, i), u1 + Multiply(high, ref c, i + 16));
            (v0, v1) = (v0 + Multiply(low, ref d, i), v1 + Multiply(high, ref d, i + 16));
        }
        Vector256<double> sums = Vector256.Create(Sum(s0, s1), Sum(t0, t1), Sum(u0, u1), Sum(v0, v1));
        for (; i < row.Length; i++)
        {
            sums += Vector256.Create(row[i] * a.At(i), row[i] * b.At(i), row[i] * c.At(i), (double)(row[i] * d.At(i)));
        }
        return sums;
    }

    static int At(this ref short first, int index) => Unsafe.Add(ref first, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Widen(ref byte row, int at) => Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref row, (nuint)at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Multiply(Vector256<short> row, ref short other, int at) =>
        Avx2.MultiplyAddAdjacent(row, Vector256.LoadUnsafe(ref other, (nuint)at));

    // Partial sums are below 2^31: their sum is exact in float64.
    static double Sum(Vector256<int> x, Vector256<int> y) => Vector256.Sum(Wide(x) + Wide(y));

    static Vector256<double> Wide(Vector256<int> x) =>
        Avx.ConvertToVector256Double(x.GetLower()) + Avx.ConvertToVector256Double(x.GetUpper());
}
