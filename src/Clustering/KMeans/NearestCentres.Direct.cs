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
        var panels = new Panels(centres, rows.Width);
        // Centres that only fill the last panel never win.
        float[] norms = [.. Enumerable.Range(0, panels.PaddedCount)
            .Select(k => k < count ? VectorKernels.Dot(Centre(k), Centre(k)) : float.PositiveInfinity)];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            const int Height = Tile<float>.Height;
            var tile = new NearestTile(panels, norms);
            float[] copy = [];
            for (int row = first; row < end; row += Height)
            {
                int found = Math.Min(Height, end - row), width = rows.Width;
                ReadOnlySpan<float> block = found == Height ? rows.Block(row, Height) : default;
                if (block.IsEmpty)
                {
                    copy = copy.Length == 0 ? new float[Height * width] : copy;
                    for (int i = 0; i < found; i++)
                    {
                        rows.Read(row + i, 0, copy.AsSpan(i * width, width));
                    }
                    block = copy;
                }
                tile.Search(block, Labels.AsSpan(row, found));
            }
        });
    }
}
