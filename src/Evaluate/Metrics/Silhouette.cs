using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Evaluate.Metrics;

/// <summary>How much nearer rows lie to their own cluster than to the next one (Rousseeuw 1987). Needs no labels.</summary>
public static class Silhouette
{
    /// <summary>
    /// Mean over the rows of (b - a) / max(a, b), in [-1..1]: a is the mean Euclidean distance to the other rows of the own cluster, b the
    /// least mean distance to the rows of another one. 0 for the row of a cluster of one. All pairs are measured: give a sample of some
    /// thousand rows.
    /// </summary>
    /// <param name="rows">Embeddings [N,D].</param>
    /// <param name="clusters">Cluster of each row, each in [0..clusterCount).</param>
    /// <param name="clusterCount">Number of clusters.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    /// <exception cref="ArgumentException">The lengths differ, or fewer than two clusters have rows.</exception>
    public static double Of(Rows rows, int[] clusters, int clusterCount, int threads = 0)
    {
        if (clusters.Length != rows.Count)
        {
            throw new ArgumentException($"'{nameof(clusters)}' must have {rows.Count} numbers, one for each row, had {clusters.Length}.",
                nameof(clusters));
        }
        var sizes = new int[clusterCount];
        foreach (int cluster in clusters)
        {
            sizes[cluster]++;
        }
        if (sizes.Count(size => size > 0) < 2)
        {
            throw new ArgumentException($"The silhouette needs rows in at least 2 clusters, found them in {sizes.Count(size => size > 0)}.",
                nameof(clusters));
        }
        double[] distances = PairwiseDistances.SumsByCluster(rows, clusters, clusterCount, threads);
        double sum = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            sum += OfRow(distances.AsSpan(row * clusterCount, clusterCount), sizes, clusters[row]);
        }
        return sum / rows.Count;
    }

    static double OfRow(ReadOnlySpan<double> sums, int[] sizes, int own)
    {
        if (sizes[own] == 1)
        {
            return 0;
        }
        double within = sums[own] / (sizes[own] - 1), between = double.PositiveInfinity;
        for (int k = 0; k < sizes.Length; k++)
        {
            between = k != own && sizes[k] > 0 ? Math.Min(between, sums[k] / sizes[k]) : between;
        }
        double larger = Math.Max(within, between);
        return larger == 0 ? 0 : (between - within) / larger;
    }
}
