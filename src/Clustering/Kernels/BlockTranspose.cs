using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolchain.Clustering.Kernels;

/// <summary>
/// to[column, row] = from[row, column], both row-major with strides of their own. In blocks of 8 x 8, each transposed in registers: every
/// cache line is read and written once.
/// </summary>
static class BlockTranspose
{
    const int Side = 8;

    /// <summary>
    /// Writes the transpose of a matrix [rows,columns], both multiples of eight, that begins at <paramref name="first"/>.
    /// </summary>
    public static void Transpose(float[] from, int first, int stride, int rows, int columns, float[] to, int target, int targetStride)
    {
        for (int row = 0; row < rows; row += Side)
        {
            for (int column = 0; column < columns; column += Side)
            {
                int source = first + row * stride + column, goal = target + column * targetStride + row;
                if (Avx.IsSupported)
                {
                    TransposeVectors(ref from[source], stride, ref to[goal], targetStride);
                }
                else
                {
                    TransposeScalars(from, source, stride, to, goal, targetStride);
                }
            }
        }
    }

    /// <summary>Eight rows [8,columns], for any number of columns, as [columns,8].</summary>
    public static void OfEight(ReadOnlySpan<float> from, int columns, Span<float> to)
    {
        int column = 0;
        if (Avx.IsSupported)
        {
            for (; column + Side <= columns; column += Side)
            {
                TransposeVectors(ref MemoryMarshal.GetReference(from[column..]), columns, ref to[column * Side], Side);
            }
        }
        for (; column < columns; column++)
        {
            for (int row = 0; row < Side; row++)
            {
                to[column * Side + row] = from[row * columns + column];
            }
        }
    }

    static void TransposeScalars(float[] from, int source, int stride, float[] to, int goal, int targetStride)
    {
        for (int i = 0; i < Side * Side; i++)
        {
            to[goal + i % Side * targetStride + i / Side] = from[source + i / Side * stride + i % Side];
        }
    }

    // Eight rows in eight registers: interleaves rows in pairs, then those pairs, then exchanges halves of 128 bits. Inlined, it is
    // compiled well from its first call on, with the loop around it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void TransposeVectors(ref float from, int stride, ref float to, int targetStride)
    {
        Vector256<float> a = Row(ref from, 0, stride), b = Row(ref from, 1, stride), c = Row(ref from, 2, stride),
            d = Row(ref from, 3, stride);
        Vector256<float> e = Row(ref from, 4, stride), f = Row(ref from, 5, stride), g = Row(ref from, 6, stride),
            h = Row(ref from, 7, stride);
        (a, b) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
        (c, d) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
        (e, f) = (Avx.UnpackLow(e, f), Avx.UnpackHigh(e, f));
        (g, h) = (Avx.UnpackLow(g, h), Avx.UnpackHigh(g, h));
        const byte low = 0x44, high = 0xEE;
        (a, c) = (Avx.Shuffle(a, c, low), Avx.Shuffle(a, c, high));
        (b, d) = (Avx.Shuffle(b, d, low), Avx.Shuffle(b, d, high));
        (e, g) = (Avx.Shuffle(e, g, low), Avx.Shuffle(e, g, high));
        (f, h) = (Avx.Shuffle(f, h, low), Avx.Shuffle(f, h, high));
        StoreHalves(a, e, 0, ref to, targetStride);
        StoreHalves(c, g, 1, ref to, targetStride);
        StoreHalves(b, f, 2, ref to, targetStride);
        StoreHalves(d, h, 3, ref to, targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Row(ref float from, int row, int stride) => Vector256.LoadUnsafe(ref from, (nuint)(row * stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreHalves(Vector256<float> first, Vector256<float> second, int row, ref float to, int stride)
    {
        Avx.Permute2x128(first, second, 0x20).StoreUnsafe(ref to, (nuint)(row * stride));
        Avx.Permute2x128(first, second, 0x31).StoreUnsafe(ref to, (nuint)((row + 4) * stride));
    }
}
