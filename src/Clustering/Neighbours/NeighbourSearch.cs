using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>Nearest neighbours of rows, nearest first; ties go to the lower index.</summary>
/// <param name="Count">Neighbours per row.</param>
/// <param name="Indices">Rows of the base, [Q,Count].</param>
/// <param name="Values">Cosines in [-1..1], or Euclidean distances, [Q,Count].</param>
public sealed record NeighbourTable(int Count, int[] Indices, float[] Values);

/// <summary>Exact nearest neighbours by blocks of inner products; the same result at any thread count.</summary>
public static class NeighbourSearch
{
    /// <summary>The most rows whose neighbours are found by comparing all pairs where that is left open.</summary>
    public const int MostExactRows = 100_000;

    // Rows of the base that are held as panels at once, a multiple of their columns.
    const int BlockRows = 1 << 18;

    /// <summary>The <paramref name="count"/> rows of <paramref name="base"/> with the largest cosine to each query.</summary>
    /// <param name="queries">Rows [Q,D]; not required to have unit length.</param>
    /// <param name="base">Rows [N,D].</param>
    /// <param name="count">Neighbours per query, in [1..N].</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    /// <exception cref="ArgumentException">The widths differ, or the count is out of range.</exception>
    public static NeighbourTable Cosine(Rows queries, Rows @base, int count, int threads = 0)
    {
        Check(queries, @base, count, @base.Count);
        float[] unit = queries.Unit(), known = @base.Unit();
        (int[] indices, float[] scores) =
            Search(new(unit, queries.Width), new(known, queries.Width), (1, new float[@base.Count]), (count, null), threads);
        return new NeighbourTable(count, indices, scores);
    }

    /// <summary>
    /// The same of bytes, several times as fast: from exact products, so cosines may differ from those of the floats by a rounding.
    /// </summary>
    /// <inheritdoc cref="Cosine(Rows, Rows, int, int)"/>
    public static NeighbourTable Cosine(ByteRows queries, ByteRows @base, int count, int threads = 0)
    {
        if (!BytePanels.CanHold(@base.Width))
        {
            return Cosine(queries.ToRows(), @base.ToRows(), count, threads);
        }
        Check(queries, @base, count, @base.Count);
        return ByteCosines.Search(queries, @base, count, threads);
    }

    /// <summary>The <paramref name="count"/> rows of <paramref name="base"/> at the least Euclidean distance from each query.</summary>
    /// <inheritdoc cref="Cosine(Rows, Rows, int, int)"/>
    public static NeighbourTable Euclidean(Rows queries, Rows @base, int count, int threads = 0)
    {
        Check(queries, @base, count, @base.Count);
        return Euclidean(queries, @base, count, null, threads);
    }

    /// <summary>The <paramref name="count"/> nearest other rows of each row, by Euclidean distance; what graphs and t-SNE need.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="count">Neighbours per row, in [1..N-1].</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    /// <exception cref="ArgumentException">The count is out of range.</exception>
    public static NeighbourTable OfEach(Rows rows, int count, int threads = 0)
    {
        Check(rows, rows, count, rows.Count - 1);
        return Euclidean(rows, rows, count, 0, threads);
    }

    /// <summary>The same of some of the rows, with the same bits: several programs share the work by ranges of rows.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="range">The first of the rows, and how many, Q.</param>
    /// <param name="count">Neighbours per row, in [1..N-1].</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    /// <returns>Neighbours of the rows of the range, [Q,Count]; indices are those of all rows.</returns>
    /// <exception cref="ArgumentException">The count or the range is out of range.</exception>
    public static NeighbourTable OfRange(Rows rows, (int First, int Count) range, int count, int threads = 0)
    {
        (int first, int length) = range;
        if (first < 0 || length < 0 || length > rows.Count - first)
        {
            throw new ArgumentOutOfRangeException(nameof(range), $"'{nameof(range)}' must lie in [0..{rows.Count}), had {length} rows from "
                + $"{first} on.");
        }
        Check(rows, rows, count, rows.Count - 1);
        var own = new Rows(rows.Values.Slice(first * rows.Width, length * rows.Width), rows.Width);
        return Euclidean(own, rows, count, first, threads);
    }

    /// <summary>The <paramref name="count"/> nearest other rows of each row, exact or approximate.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="count">Neighbours per row, in [1..N-1].</param>
    /// <param name="mode">How they are found.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    /// <exception cref="ArgumentException">A number is not finite, or the count is out of range.</exception>
    public static NeighbourTable OfEach(Rows rows, int count, NeighbourMode mode, int threads = 0) =>
        mode == NeighbourMode.Exact || (mode == NeighbourMode.Auto && rows.Count <= MostExactRows)
            ? OfEach(rows, count, threads)
            : NeighbourIndex.Build(rows, new NeighbourIndexOptions { Threads = threads }).OfEach(count);

    // Queries that are rows of the base from a first one on are not their own neighbours.
    static NeighbourTable Euclidean(Rows queries, Rows @base, int count, int? firstOwn, int threads)
    {
        float[] norms = [.. Enumerable.Range(0, @base.Count).Select(row => VectorKernels.Dot(@base[row], @base[row]))];
        // The nearest has the largest 2xy - |y|^2.
        bool isSymmetric = firstOwn == 0 && queries.Count == @base.Count && @base.Count <= BlockRows;
        (int[] indices, float[] scores) = isSymmetric ? SymmetricSearch.Run(@base, norms, count, threads)
            : Search(queries, @base, (2, norms), (count, firstOwn), threads);
        for (int row = 0; row < queries.Count; row++)
        {
            for (int i = row * count; i < (row + 1) * count; i++)
            {
                // From differences: the score of a near one has lost its digits.
                scores[i] = (float)Math.Sqrt(VectorKernels.SquaredDistance(queries[row], @base[indices[i]]));
            }
            SortByDistance(scores.AsSpan(row * count, count), indices.AsSpan(row * count, count));
        }
        return new NeighbourTable(count, indices, scores);
    }

    /// <summary>Sorts what is nearly sorted already; ties go to the lower index.</summary>
    internal static void SortByDistance(Span<float> distances, Span<int> indices)
    {
        for (int i = 1; i < distances.Length; i++)
        {
            (float distance, int index, int at) = (distances[i], indices[i], i);
            for (; at > 0 && (distances[at - 1] > distance || (distances[at - 1] == distance && indices[at - 1] > index)); at--)
            {
                (distances[at], indices[at]) = (distances[at - 1], indices[at - 1]);
            }
            (distances[at], indices[at]) = (distance, index);
        }
    }

    static void Check<TRows>(TRows queries, TRows @base, int count, int most) where TRows : struct, IRows
    {
        queries.Check();
        @base.Check();
        if (queries.Width != @base.Width)
        {
            throw new ArgumentException($"'{nameof(queries)}' must have width {@base.Width}, was {queries.Width}.", nameof(queries));
        }
        RequireCount(count, most);
    }

    internal static void RequireCount(int count, int most)
    {
        if (count < 1 || count > most)
        {
            throw new ArgumentOutOfRangeException(nameof(count), $"'{nameof(count)}' must be in [1..{most}], was {count}.");
        }
    }

    // The largest scores factor * xy - offset_y of each query. Panels hold a block of the base: all of it may be a large file.
    static (int[] Indices, float[] Scores) Search(Rows queries, Rows @base, (float Factor, float[] Offsets) score,
        (int Count, int? FirstOwn) wanted, int threads)
    {
        int width = queries.Width;
        var lists = new TopLists(queries.Count, wanted.Count, score.Offsets, score.Factor);
        for (int from = 0; from < @base.Count; from += BlockRows)
        {
            int rows = Math.Min(BlockRows, @base.Count - from);
            var panels = new Panels(@base.Values.Span.Slice(from * width, rows * width), width);
            Chunks.ForEach(queries.Count, threads, (_, first, end) =>
            {
                int padded = (end - first + Tile<float>.Height - 1) / Tile<float>.Height * Tile<float>.Height;
                var block = new float[padded * width];
                queries.Values.Span.Slice(first * width, (end - first) * width).CopyTo(block);
                var products = new float[padded * Panels.Columns];
                for (int panel = 0; panel < panels.Count; panel++)
                {
                    panels.Multiply(block, panel, products, Panels.Columns);
                    for (int row = first; row < end; row++)
                    {
                        lists.Offer(row, products.AsSpan((row - first) * Panels.Columns, Panels.Columns), from + panel * Panels.Columns,
                            wanted.FirstOwn + row ?? -1);
                    }
                }
            });
        }
        return (lists.Indices, lists.Scores);
    }
}
