using System.Collections.Concurrent;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// A neighbour of a neighbour is likely a neighbour (Dong, Moses and Li, "Efficient k-nearest neighbor graph construction for generic
/// similarity measures", 2011): each row meets the neighbours of its nearest neighbours, and of the rows whose nearest neighbour it is. A
/// pass reads the lists of the pass before, so that the order of rows does not matter.
/// </summary>
static class GraphRefinement
{
    // Nearest neighbours, and rows of which it is one, whose neighbours are tried; and how many neighbours of each.
    const int Near = 16, Tried = 24;

    /// <summary>Lists with the neighbours of neighbours in them.</summary>
    public static TopLists Run(CellLayout layout, TopLists lists, int threads)
    {
        TopLists better = lists.Copy();
        (int[] sources, byte[] counts) = Reverse(layout, lists);
        var spare = new ConcurrentBag<int[]>();
        Chunks.ForEach(layout.RowOf.Length, threads, (_, first, end) =>
        {
            int[] seen = spare.TryTake(out int[]? used) ? used : new int[layout.RowOf.Length];
            for (int slot = first; slot < end; slot++)
            {
                if (layout.RowOf[slot] >= 0)
                {
                    // Slots seen hold this slot's number and 1.
                    seen[slot] = slot + 1;
                    foreach (int near in lists.Of(slot))
                    {
                        seen[near] = slot + 1;
                    }
                    ReadOnlySpan<int> own = lists.Of(slot), others = sources.AsSpan(slot * Near, counts[slot]);
                    TryAll(layout, better, slot, others, seen);
                    foreach (int near in own[..Math.Min(Near, own.Length)])
                    {
                        TryAll(layout, better, slot, lists.Of(near), seen);
                    }
                    foreach (int near in others)
                    {
                        TryAll(layout, better, slot, lists.Of(near), seen);
                    }
                }
            }
            spare.Add(seen);
        });
        return better;
    }

    static void TryAll(CellLayout layout, TopLists better, int slot, ReadOnlySpan<int> others, int[] seen)
    {
        foreach (int other in others[..Math.Min(Tried, others.Length)])
        {
            if (seen[other] != slot + 1)
            {
                seen[other] = slot + 1;
                better.Offer(slot, other, 2 * VectorKernels.Dot(layout.Slots[slot], layout.Slots[other]) - layout.Norms[other]);
            }
        }
    }

    // The slots that have a slot among their nearest, nearest first, [S,Near], and how many.
    static (int[] Sources, byte[] Counts) Reverse(CellLayout layout, TopLists lists)
    {
        var (sources, counts) = (new int[layout.RowOf.Length * Near], new byte[layout.RowOf.Length]);
        for (int rank = 0; rank < Math.Min(Near, lists.Count); rank++)
        {
            for (int slot = 0; slot < layout.RowOf.Length; slot++)
            {
                int near = lists.Of(slot)[rank];
                if (layout.RowOf[slot] >= 0 && counts[near] < Near)
                {
                    sources[near * Near + counts[near]++] = slot;
                }
            }
        }
        return (sources, counts);
    }
}
