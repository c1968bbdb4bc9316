using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// Scores of queries and the rows of the cells that each wants. Queries that lie side by side want much the same cells: those of a chunk
/// that want a cell meet it together, as a product of matrices.
/// </summary>
sealed class CellScan(CellLayout layout, int threads)
{
    /// <summary>Offers each query the rows of its cells.</summary>
    /// <param name="queries">Rows [Q,D].</param>
    /// <param name="wanted">Cells of each query, nearest first, [Q,P]; -1 behind the last where there are fewer.</param>
    /// <param name="lists">Takes the scores.</param>
    /// <param name="areSlots">Whether query i is slot i, which is no neighbour of itself.</param>
    public void Run(Rows queries, int[] wanted, TopLists lists, bool areSlots) =>
        Chunks.ForEach(queries.Count, threads, (_, first, end) =>
        {
            long[] pairs = Pairs(wanted, wanted.Length / queries.Count, first, end);
            var block = new float[(end - first + Tile<float>.Height) * queries.Width];
            var products = new float[(end - first + Tile<float>.Height) * Panels.Columns];
            for (int at = 0, last; at < pairs.Length; at = last)
            {
                int cell = CellOf(pairs[at]);
                for (last = at; last < pairs.Length && CellOf(pairs[last]) == cell; last++)
                {
                    queries[first + (int)pairs[last]].CopyTo(block.AsSpan((last - at) * queries.Width));
                }
                int padded = (last - at + Tile<float>.Height - 1) / Tile<float>.Height * Tile<float>.Height;
                (int panel, int endPanel) = layout.PanelsOf(cell);
                for (; panel < endPanel; panel++)
                {
                    layout.Panels.Multiply(block.AsSpan(0, padded * queries.Width), panel, products, Panels.Columns);
                    for (int i = at; i < last; i++)
                    {
                        lists.Offer(first + (int)pairs[i], products.AsSpan((i - at) * Panels.Columns, Panels.Columns),
                            panel * Panels.Columns, areSlots ? first + (int)pairs[i] : -1);
                    }
                }
            }
        });

    /// <summary>Offers all rows to a query whose cells did not fill its list.</summary>
    /// <inheritdoc cref="Run"/>
    public void Complete(Rows queries, TopLists lists, bool areSlots)
    {
        int[] open = [.. Enumerable.Range(0, queries.Count).Where(query => !lists.IsFull(query)
            && (!areSlots || layout.RowOf[query] >= 0))];
        Chunks.ForParts(open.Length, open.Length, threads, (part, _, _) =>
        {
            int query = open[part];
            lists.Clear(query);
            foreach (int slot in layout.SlotOf)
            {
                if (!areSlots || slot != query)
                {
                    lists.Offer(query, slot, 2 * VectorKernels.Dot(queries[query], layout.Slots[slot]) - layout.Norms[slot]);
                }
            }
        });
    }

    static int CellOf(long pair) => (int)(pair >> 32);

    // Cell and query of a chunk, sorted.
    static long[] Pairs(int[] wanted, int most, int first, int end)
    {
        var pairs = new List<long>((end - first) * most);
        for (int query = first; query < end; query++)
        {
            for (int i = query * most; i < (query + 1) * most && wanted[i] >= 0; i++)
            {
                pairs.Add((long)wanted[i] << 32 | (uint)(query - first));
            }
        }
        pairs.Sort();
        return [.. pairs];
    }
}
