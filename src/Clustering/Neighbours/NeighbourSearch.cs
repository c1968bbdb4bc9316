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
        (int[] indices, float[] scores) = Search(unit, known, new float[@base.Count], 1, queries.Width, count, skipSelf: false, threads);
        return new NeighbourTable(count, indices, scores);
    }

    /// <summary>The <paramref name="count"/> rows of <paramref name="base"/> at the least Euclidean distance from each query.</summary>
    /// <inheritdoc cref="Cosine"/>
    public static NeighbourTable Euclidean(Rows queries, Rows @base, int count, int threads = 0)
    {
        Check(queries, @base, count, @base.Count);
        return Euclidean(queries, @base, count, skipSelf: false, threads);
    }

    /// <summary>The <paramref name="count"/> nearest other rows of each row, by Euclidean distance; what graphs and t-SNE need.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="count">Neighbours per row, in [1..N-1].</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    /// <exception cref="ArgumentException">The count is out of range.</exception>
    public static NeighbourTable OfEach(Rows rows, int count, int threads = 0)
    {
        Check(rows, rows, count, rows.Count - 1);
        return Euclidean(rows, rows, count, skipSelf: true, threads);
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

    static NeighbourTable Euclidean(Rows queries, Rows @base, int count, bool skipSelf, int threads)
    {
        float[] norms = [.. Enumerable.Range(0, @base.Count).Select(row => VectorKernels.Dot(@base[row], @base[row]))];
        // The nearest has the largest 2xy - |y|^2.
        (int[] indices, float[] scores) = Search(queries.Values.Span, @base.Values.Span, norms, 2, queries.Width, count, skipSelf, threads);
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

    static void Check(Rows queries, Rows @base, int count, int most)
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

    // The largest scores factor * xy - offset_y of each query.
    static (int[] Indices, float[] Scores) Search(ReadOnlySpan<float> queries, ReadOnlySpan<float> @base, float[] offsets, float factor,
        int width, int count, bool skipSelf, int threads)
    {
        var panels = new Panels(@base, width);
        float[] source = queries.ToArray();
        int total = source.Length / width;
        var lists = new TopLists(total, count, offsets, factor);
        Chunks.ForEach(total, threads, (_, first, end) =>
        {
            int padded = (end - first + Tile<float>.Height - 1) / Tile<float>.Height * Tile<float>.Height;
            var block = new float[padded * width];
            source.AsSpan(first * width, (end - first) * width).CopyTo(block);
            var products = new float[padded * Panels.Columns];
            for (int panel = 0; panel < panels.Count; panel++)
            {
                panels.Multiply(block, panel, products, Panels.Columns);
                for (int row = first; row < end; row++)
                {
                    lists.Offer(row, products.AsSpan((row - first) * Panels.Columns, Panels.Columns), panel * Panels.Columns, skipSelf);
                }
            }
        });
        return (lists.Indices, lists.Scores);
    }
}
