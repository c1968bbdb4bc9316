using System.Runtime.Intrinsics;

namespace Toolchain.Graph.Operators;

/// <summary>
/// The matrix product of the evaluator's convolutions: result[row, column] += sum over k of left[row, k] * right[k, column]. Each sum runs in order
/// of k, without fused steps, so that its bits are those of the plain loop, whatever the number of threads.
/// </summary>
static class BlockedProduct
{
    /// <summary>Columns of a tile.</summary>
    public const int Width = 8;

    const int Rows = 4;

    /// <param name="left">Row-major [rows, depth].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="depth">Number of products in each sum.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="pack">Fills a tile [depth, Width] of the right matrix, from the column given; what lies beyond the last column is ignored.</param>
    /// <param name="result">Row-major [rows, columns]; holds what the sums start with.</param>
    public static void Add(ReadOnlyMemory<double> left, int rows, int depth, int columns, Action<int, double[]> pack, Memory<double> result) =>
        Parallel.For(0, (columns + Width - 1) / Width, () => new double[depth * Width], (tile, _, packed) =>
        {
            pack(tile * Width, packed);
            Span<double> sums = stackalloc double[Rows * Width];
            for (int row = 0; row < rows; row += Rows)
            {
                (int height, int width) = (Math.Min(Rows, rows - row), Math.Min(Width, columns - tile * Width));
                for (int i = 0; i < height; i++)
                {
                    result.Span.Slice((row + i) * columns + tile * Width, width).CopyTo(sums[(i * Width)..]);
                }
                // Where fewer rows are left the last one is computed again, and dropped.
                AddTile(left.Span, [row, row + Math.Min(1, height - 1), row + Math.Min(2, height - 1), row + Math.Min(3, height - 1)], depth, packed, sums);
                for (int i = 0; i < height; i++)
                {
                    sums.Slice(i * Width, width).CopyTo(result.Span[((row + i) * columns + tile * Width)..]);
                }
            }
            return packed;
        }, _ => { });

    static void AddTile(ReadOnlySpan<double> left, ReadOnlySpan<int> rows, int depth, ReadOnlySpan<double> right, Span<double> sums)
    {
        ReadOnlySpan<double> a = left.Slice(rows[0] * depth, depth), b = left.Slice(rows[1] * depth, depth), c = left.Slice(rows[2] * depth, depth), d = left.Slice(rows[3] * depth, depth);
        (Vector256<double> a0, Vector256<double> a1, Vector256<double> b0, Vector256<double> b1) = (Load(sums, 0), Load(sums, 4), Load(sums, 8), Load(sums, 12));
        (Vector256<double> c0, Vector256<double> c1, Vector256<double> d0, Vector256<double> d1) = (Load(sums, 16), Load(sums, 20), Load(sums, 24), Load(sums, 28));
        for (int k = 0; k < depth; k++)
        {
            (Vector256<double> low, Vector256<double> high) = (Load(right, k * Width), Load(right, k * Width + 4));
            a0 += a[k] * low;
            a1 += a[k] * high;
            b0 += b[k] * low;
            b1 += b[k] * high;
            c0 += c[k] * low;
            c1 += c[k] * high;
            d0 += d[k] * low;
            d1 += d[k] * high;
        }
        a0.CopyTo(sums);
        a1.CopyTo(sums[4..]);
        b0.CopyTo(sums[8..]);
        b1.CopyTo(sums[12..]);
        c0.CopyTo(sums[16..]);
        c1.CopyTo(sums[20..]);
        d0.CopyTo(sums[24..]);
        d1.CopyTo(sums[28..]);
    }

    static Vector256<double> Load(ReadOnlySpan<double> from, int at) => Vector256.Create(from.Slice(at, 4));
}
