using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Commands;

/// <summary>Finds neighbours among the rows of an index or a table, in the mode that is asked for.</summary>
/// <param name="known">The rows.</param>
/// <param name="isIndexed">Whether their cells are known.</param>
/// <param name="mode">Exact or approximate; where it is left open, rows without an index are searched exactly for single queries, which
/// takes less time than to build one.</param>
/// <param name="options">Settings of an approximate search.</param>
sealed class NeighbourFinder(NeighbourIndexFile known, bool isIndexed, NeighbourMode mode, NeighbourIndexOptions options)
{
    bool IsLarge => known.Rows.Count > NeighbourSearch.MostExactRows;

    bool IsExact => mode == NeighbourMode.Exact || (mode == NeighbourMode.Auto && !(isIndexed && IsLarge));

    NeighbourIndex Index => isIndexed ? NeighbourIndex.Restore(known.Rows, known.Centres, known.Cells, options)
        : NeighbourIndex.Build(known.Rows, options);

    /// <summary>The nearest rows of other rows.</summary>
    public NeighbourTable Of(Rows queries, int count) =>
        IsExact ? NeighbourSearch.Euclidean(queries, known.Rows, count, options.Threads) : Index.Search(queries, count);

    /// <summary>The nearest other rows of every row.</summary>
    public NeighbourTable OfEach(int count) =>
        mode == NeighbourMode.Exact || (mode == NeighbourMode.Auto && !IsLarge)
            ? NeighbourSearch.OfEach(known.Rows, count, options.Threads) : Index.OfEach(count);

    /// <summary>The nearest other rows of some rows.</summary>
    public NeighbourTable OfRows(int[] rows, int count)
    {
        var queries = new Rows(rows.SelectMany(row => known.Rows[row].ToArray()).ToArray(), known.Rows.Width);
        NeighbourTable found = Of(queries, count + 1);
        // Equal rows may stand before the row itself, or push it out.
        int[] kept = [.. Enumerable.Range(0, rows.Length).SelectMany(query => Enumerable.Range(query * found.Count, found.Count)
            .OrderBy(i => found.Indices[i] == rows[query]).Take(count))];
        return new NeighbourTable(count, Array.ConvertAll(kept, i => found.Indices[i]), Array.ConvertAll(kept, i => found.Values[i]));
    }
}
