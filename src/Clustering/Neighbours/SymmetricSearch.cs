using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// Nearest other rows of each row, with each inner product computed once and offered to both of its rows: half the work of
/// <see cref="NeighbourSearch"/> for queries from elsewhere, with the same result at any thread count.
/// </summary>
sealed class SymmetricSearch
{
    // A multiple of the rows of a tile and of the columns of a panel.
    const int Unit = 48, MostUnits = 21;

    readonly Rows rows;
    readonly float[] norms, least;
    readonly int count, blockRows, blockCount, threads;
    readonly Panels panels;
    readonly TopLists lists;

    SymmetricSearch(Rows rows, float[] norms, int count, int threads)
    {
        (this.rows, this.norms, this.count, this.threads) = (rows, norms, count, threads);
        // Many blocks for many threads: a round has work for half as many threads as there are blocks.
        blockRows = Unit * Math.Clamp(rows.Count / (16 * Unit * Chunks.Threads(threads)), 1, MostUnits);
        blockCount = (rows.Count + blockRows - 1) / blockRows;
        panels = new Panels(rows.Values.Span, rows.Width);
        lists = new TopLists(rows.Count, count, norms, 2);
        // Nothing is offered to columns that only fill the last panel.
        least = new float[panels.PaddedCount];
        Array.Fill(least, float.NegativeInfinity, 0, rows.Count);
        Array.Fill(least, float.PositiveInfinity, rows.Count, least.Length - rows.Count);
    }

    /// <summary>Indices and scores 2xy - |y|^2 of the <paramref name="count"/> other rows y with the largest for each row x.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="norms">The squared length of each, [N].</param>
    /// <param name="count">Neighbours per row, in [1..N-1].</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public static (int[] Indices, float[] Scores) Run(Rows rows, float[] norms, int count, int threads)
    {
        var search = new SymmetricSearch(rows, norms, count, threads);
        for (int round = 0; round < search.blockCount; round++)
        {
            search.Round(round);
        }
        return (search.lists.Indices, search.lists.Scores);
    }

    // Blocks whose indices add up to the round, modulo their number: each block meets one, which may be itself, and all pairs meet once.
    void Round(int round) => Chunks.ForParts(blockCount, blockCount, threads, (block, _, _) =>
    {
        int other = (round - block + blockCount) % blockCount;
        if (other >= block)
        {
            Meet(block, other);
        }
    });

    void Meet(int block, int other)
    {
        int first = block * blockRows, length = Math.Min(blockRows, rows.Count - first), width = rows.Width;
        var own = new float[blockRows * width];
        rows.Values.Span.Slice(first * width, length * width).CopyTo(own);
        var products = new float[blockRows * Panels.Columns];
        int end = Math.Min(panels.Count, (other + 1) * blockRows / Panels.Columns);
        for (int panel = other * blockRows / Panels.Columns; panel < end; panel++)
        {
            panels.Multiply(own, panel, products, Panels.Columns);
            for (int row = 0; row < length; row++)
            {
                Span<float> of = products.AsSpan(row * Panels.Columns, Panels.Columns);
                if (block != other)
                {
                    OfferToColumns(first + row, of, panel * Panels.Columns);
                }
                lists.Offer(first + row, of, panel * Panels.Columns, first + row);
                least[first + row] = lists.Least(first + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void OfferToColumns(int row, ReadOnlySpan<float> products, int firstColumn)
    {
        var norm = Vector256.Create(norms[row]);
        var two = Vector256.Create(2f);
        Vector256<float> low = Vector256.Create(products) * two - norm, high = Vector256.Create(products[8..]) * two - norm;
        ref float bound = ref least[firstColumn];
        uint better = Vector256.GreaterThanOrEqual(low, Vector256.LoadUnsafe(ref bound)).ExtractMostSignificantBits()
            | Vector256.GreaterThanOrEqual(high, Vector256.LoadUnsafe(ref bound, 8)).ExtractMostSignificantBits() << 8;
        for (; better != 0; better &= better - 1)
        {
            int lane = BitOperations.TrailingZeroCount(better), column = firstColumn + lane;
            lists.Offer(column, row, products[lane] * 2 - norms[row]);
            least[column] = lists.Least(column);
        }
    }
}
