using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Graph.Operators;

/// <summary>
/// Matrix products of the evaluator: result[row, column] += sum over k of left[row, k] * right[k, column], for a number of independent
/// products at once. Each sum runs in order of k in fused steps, so that its bits are those of the plain loop with
/// <see cref="Math.FusedMultiplyAdd"/>, whatever the number of threads.
/// </summary>
static class BlockedProduct
{
    /// <summary>Columns of a panel.</summary>
    public const int Width = 8;

    // A panel of the right matrix, 16 KB, stays in the first cache while four rows pass; a task packs its panels once for many rows.
    const int Rows = 4, MostDepth = 256, TaskRows = 256, TaskColumns = 4 * Width;

    /// <summary>Fills a panel [count, Width] of the right matrix of <paramref name="item"/>: rows from <paramref name="from"/> on, columns
    /// from <paramref name="column"/> on; what lies beyond the last column is ignored.</summary>
    public delegate void Pack(int item, int column, int from, int count, Span<double> panel);

    /// <summary>Sizes of independent products.</summary>
    /// <param name="Items">Number of products.</param>
    /// <param name="Rows">Number of rows.</param>
    /// <param name="Depth">Number of products in each sum.</param>
    /// <param name="Columns">Number of columns.</param>
    public readonly record struct Sizes(int Items, int Rows, int Depth, int Columns);

    /// <param name="sizes">Sizes of all.</param>
    /// <param name="left">Row-major [rows, depth] by item.</param>
    /// <param name="pack">The right matrices.</param>
    /// <param name="result">Row-major [rows, columns] by item; holds what the sums start with.</param>
    public static void Add(Sizes sizes, Func<int, ReadOnlyMemory<double>> left, Pack pack, Func<int, Memory<double>> result)
    {
        (int items, int rows, int depth, int columns) = sizes;
        int across = (columns + TaskColumns - 1) / TaskColumns, down = (rows + TaskRows - 1) / TaskRows;
        Parallel.For(0, checked(items * across * down), () => new double[Math.Min(depth, MostDepth) * TaskColumns], (task, _, packed) =>
        {
            (int item, int column, int row) = (task / down / across, task / down % across * TaskColumns, task % down * TaskRows);
            ReadOnlySpan<double> from = left(item).Span;
            Span<double> sums = result(item).Span;
            for (int k = 0; k < depth; k += MostDepth)
            {
                int count = Math.Min(MostDepth, depth - k), width = Math.Min(TaskColumns, columns - column);
                for (int panel = 0; panel < width; panel += Width)
                {
                    pack(item, column + panel, k, count, packed.AsSpan(panel * count, count * Width));
                }
                for (int first = row; first < Math.Min(row + TaskRows, rows); first += Rows)
                {
                    for (int panel = 0; panel < width; panel += Width)
                    {
                        AddPanel(from[(first * depth + k)..], Math.Min(Rows, rows - first), depth,
                            packed.AsSpan(panel * count, count * Width),
                            sums[(first * columns + column + panel)..], Math.Min(Width, width - panel), columns);
                    }
                }
            }
            return packed;
        }, _ => { });
    }

    // Up to four rows of a panel; rows and columns that are not there are computed and dropped.
    static void AddPanel(ReadOnlySpan<double> left, int height, int stride, ReadOnlySpan<double> panel, Span<double> result, int width,
        int columns)
    {
        Span<double> sums = stackalloc double[Rows * Width];
        for (int i = 0; i < height; i++)
        {
            result.Slice(i * columns, width).CopyTo(sums[(i * Width)..]);
        }
        int depth = panel.Length / Width;
        AddTile(left[..depth], Row(left, 1), Row(left, 2), Row(left, 3), panel, sums);
        for (int i = 0; i < height; i++)
        {
            sums.Slice(i * Width, width).CopyTo(result[(i * columns)..]);
        }

        ReadOnlySpan<double> Row(ReadOnlySpan<double> rows, int row) => rows.Slice(Math.Min(row, height - 1) * stride, depth);
    }

    static void AddTile(ReadOnlySpan<double> rowA, ReadOnlySpan<double> rowB, ReadOnlySpan<double> rowC, ReadOnlySpan<double> rowD,
        ReadOnlySpan<double> panel, Span<double> sums)
    {
        ref double right = ref MemoryMarshal.GetReference(panel), sum = ref MemoryMarshal.GetReference(sums);
        (Vector256<double> a0, Vector256<double> a1) = (Load(ref sum, 0), Load(ref sum, 4));
        (Vector256<double> b0, Vector256<double> b1) = (Load(ref sum, 8), Load(ref sum, 12));
        (Vector256<double> c0, Vector256<double> c1) = (Load(ref sum, 16), Load(ref sum, 20));
        (Vector256<double> d0, Vector256<double> d1) = (Load(ref sum, 24), Load(ref sum, 28));
        for (int k = 0; k < rowA.Length; k++)
        {
            (Vector256<double> low, Vector256<double> high) = (Load(ref right, k * Width), Load(ref right, k * Width + 4));
            Vector256<double> factor = At(rowA, k);
            a0 = Vector256.FusedMultiplyAdd(factor, low, a0);
            a1 = Vector256.FusedMultiplyAdd(factor, high, a1);
            factor = At(rowB, k);
            b0 = Vector256.FusedMultiplyAdd(factor, low, b0);
            b1 = Vector256.FusedMultiplyAdd(factor, high, b1);
            factor = At(rowC, k);
            c0 = Vector256.FusedMultiplyAdd(factor, low, c0);
            c1 = Vector256.FusedMultiplyAdd(factor, high, c1);
            factor = At(rowD, k);
            d0 = Vector256.FusedMultiplyAdd(factor, low, d0);
            d1 = Vector256.FusedMultiplyAdd(factor, high, d1);
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

    // Lengths are those of the caller's slices.
    static Vector256<double> At(ReadOnlySpan<double> row, int k) => Vector256.Create(Unsafe.Add(ref MemoryMarshal.GetReference(row), k));

    static Vector256<double> Load(ref double from, int at) => Vector256.LoadUnsafe(ref from, (nuint)at);
}
