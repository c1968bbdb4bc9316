using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// Approximate nearest neighbours by Euclidean distance: rows in cells around centres (an inverted file: Jégou, Douze and Schmid, "Product
/// quantization for nearest neighbor search", 2011), of which a query looks into the nearest few; the neighbours of all rows are completed
/// by those of their neighbours. The same result at any thread count (docs/decisions/0023-approximate-neighbours.md).
/// </summary>
public sealed class NeighbourIndex
{
    // Rows of the largest part of a cell, in average cells.
    const int LargestPart = 8;

    readonly NeighbourIndexOptions options;
    readonly CellParts parts;
    readonly CellLayout layout;
    // Nearest cells of each row, [N,k] with k at least 1; fewer than are searched until they are asked for.
    NeighbourTable nearest;

    NeighbourIndex(Rows rows, Rows centres, NeighbourTable nearest, NeighbourIndexOptions options)
    {
        (Centres, this.nearest, this.options) = (centres, nearest, options);
        Cells = [.. Enumerable.Range(0, rows.Count).Select(row => nearest.Indices[row * nearest.Count])];
        parts = new CellParts(Cells, centres.Count, checked(options.CellSize * LargestPart));
        layout = new CellLayout(rows, parts.Of, parts.Count);
    }

    /// <summary>Number of rows (N).</summary>
    public int Count => layout.SlotOf.Length;

    /// <summary>Numbers per row (D).</summary>
    public int Width => layout.Slots.Width;

    /// <summary>Centres of the cells, [C,D].</summary>
    public Rows Centres { get; }

    /// <summary>The nearest centre of each row, [N].</summary>
    public int[] Cells { get; }

    int ProbeCount => Math.Min(options.Probes, parts.Count);

    /// <summary>An index of rows.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A number is not finite, there is no row, or an option is out of range.</exception>
    public static NeighbourIndex Build(Rows rows, NeighbourIndexOptions? options = null)
    {
        options ??= new();
        options.Check();
        rows.Check();
        Rows centres = CellCentres.Find(rows, Math.Max(1, rows.Count / options.CellSize), options.Seed, options.Threads);
        NeighbourTable nearest = NeighbourSearch.Euclidean(rows, centres, Math.Min(options.Probes, centres.Count), options.Threads);
        return new(rows, centres, nearest, options);
    }

    /// <summary>An index whose <see cref="Centres"/> and <see cref="Cells"/> are known.</summary>
    /// <inheritdoc cref="Build"/>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="centres">Centres [C,D].</param>
    /// <param name="cells">The nearest centre of each row, [N].</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public static NeighbourIndex Restore(Rows rows, Rows centres, int[] cells, NeighbourIndexOptions? options = null)
    {
        options ??= new();
        options.Check();
        rows.Check();
        centres.Check();
        if (rows.Width != centres.Width || cells.Length != rows.Count || cells.Any(cell => cell < 0 || cell >= centres.Count))
        {
            throw new ArgumentException($"'{nameof(cells)}' must be [{rows.Count}] numbers in [0..{centres.Count}), and "
                + $"'{nameof(centres)}' of width {rows.Width}.", nameof(cells));
        }
        return new(rows, centres, new NeighbourTable(1, cells, new float[cells.Length]), options);
    }

    /// <summary>The nearest other rows of each row of the index.</summary>
    /// <param name="count">Neighbours per row, in [1..N-1].</param>
    /// <exception cref="ArgumentException">The count is out of range.</exception>
    public NeighbourTable OfEach(int count)
    {
        NeighbourSearch.RequireCount(count, Count - 1);
        int slots = layout.RowOf.Length, wantedCount = ProbeCount;
        if (nearest.Count < Math.Min(wantedCount, Centres.Count))
        {
            Rows rows = layout.Slots.Take(layout.SlotOf);
            nearest = NeighbourSearch.Euclidean(rows, Centres, Math.Min(wantedCount, Centres.Count), options.Threads);
        }
        var wanted = new int[slots * wantedCount];
        for (int slot = 0; slot < slots; slot++)
        {
            int row = layout.RowOf[slot];
            wanted[slot * wantedCount] = -1;
            if (row >= 0)
            {
                parts.Expand(nearest.Indices.AsSpan(row * nearest.Count, nearest.Count), parts.Of[row],
                    wanted.AsSpan(slot * wantedCount, wantedCount));
            }
        }
        var lists = new TopLists(slots, count, layout.Norms, 2);
        var scan = new CellScan(layout, options.Threads);
        scan.Run(layout.Slots, wanted, lists, areSlots: true);
        scan.Complete(layout.Slots, lists, areSlots: true);
        for (int pass = 0; pass < options.Refinements; pass++)
        {
            lists = GraphRefinement.Run(layout, lists, options.Threads);
        }
        return Table(layout.Slots, layout.SlotOf, lists);
    }

    /// <summary>The rows of the index at the least distance from each query, by its nearest cells alone.</summary>
    /// <param name="queries">Rows [Q,D].</param>
    /// <param name="count">Neighbours per query, in [1..N].</param>
    /// <exception cref="ArgumentException">A number is not finite, the widths differ, or the count is out of range.</exception>
    public NeighbourTable Search(Rows queries, int count)
    {
        NeighbourSearch.RequireCount(count, Count);
        int wantedCount = ProbeCount;
        NeighbourTable cells = NeighbourSearch.Euclidean(queries, Centres, Math.Min(wantedCount, Centres.Count), options.Threads);
        var wanted = new int[queries.Count * wantedCount];
        for (int query = 0; query < queries.Count; query++)
        {
            parts.Expand(cells.Indices.AsSpan(query * cells.Count, cells.Count), -1, wanted.AsSpan(query * wantedCount, wantedCount));
        }
        var lists = new TopLists(queries.Count, count, layout.Norms, 2);
        var scan = new CellScan(layout, options.Threads);
        scan.Run(queries, wanted, lists, areSlots: false);
        scan.Complete(queries, lists, areSlots: false);
        return Table(queries, [.. Enumerable.Range(0, queries.Count)], lists);
    }

    // Row i of the table is that of the query at places[i].
    NeighbourTable Table(Rows queries, int[] places, TopLists lists)
    {
        int count = lists.Count;
        Rows.RequireRoom(nameof(count), places.Length, count);
        var (indices, distances) = (new int[places.Length * count], new float[places.Length * count]);
        Chunks.ForEach(places.Length, options.Threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                ReadOnlySpan<int> near = lists.Of(places[row]);
                for (int i = 0; i < count; i++)
                {
                    indices[row * count + i] = layout.RowOf[near[i]];
                    distances[row * count + i] =
                        (float)Math.Sqrt(VectorKernels.SquaredDistance(queries[places[row]], layout.Slots[near[i]]));
                }
                NeighbourSearch.SortByDistance(distances.AsSpan(row * count, count), indices.AsSpan(row * count, count));
            }
        });
        return new NeighbourTable(count, indices, distances);
    }
}
