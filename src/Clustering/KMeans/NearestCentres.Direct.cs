using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Without bounds, which would not fit into memory: each row meets all centres, as a product of matrices with the least of each row kept
/// beside it. A row takes the memory of its label.
/// </summary>
sealed partial class NearestCentres<TRows>
{
    /// <summary>Bounds of more numbers (512 MB) are not kept.</summary>
    public const long MostBounds = 1 << 27;

    readonly bool isDirect;

    void UpdateDirectly(float[] centres)
    {
        Func<INearest> search = Search(centres);
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            INearest nearest = search();
            float[] copy = [];
            for (int row = first; row < end; row += nearest.Height)
            {
                int found = Math.Min(nearest.Height, end - row), width = rows.Width;
                ReadOnlySpan<float> block = found == nearest.Height ? rows.Block(row, found) : default;
                if (block.IsEmpty)
                {
                    copy = copy.Length == 0 ? new float[nearest.Height * width] : copy;
                    for (int i = 0; i < found; i++)
                    {
                        rows.Read(row + i, 0, copy.AsSpan(i * width, width));
                    }
                    block = copy;
                }
                // Rows are read side by side, which the processor does not foresee.
                for (int i = 0; i < nearest.Height; i++)
                {
                    rows.Prefetch(Math.Min(row + 2 * nearest.Height + i, rows.Count - 1));
                }
                nearest.Search(block, Labels.AsSpan(row, found));
            }
        });
    }

    Func<INearest> Search(float[] centres)
    {
        float[] norms = [.. Enumerable.Range(0, count).Select(k => VectorKernels.Dot(Centre(k), Centre(k)))];
        if (count <= NearestLanes.MostCentres)
        {
            return NearestLanes.Of(centres, norms, rows.Width);
        }
        var panels = new Panels(centres, rows.Width);
        // Centres that only fill the last panel never win.
        float[] all = [.. norms, .. Enumerable.Repeat(float.PositiveInfinity, panels.PaddedCount - count)];
        return () => new NearestTile(panels, all);
    }
}
