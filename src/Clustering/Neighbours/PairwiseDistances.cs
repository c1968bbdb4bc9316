using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>Euclidean distances between all rows, in float64.</summary>
public static class PairwiseDistances
{
    /// <summary>Sum of the distances of each row to the rows of each cluster, [N,K].</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="clusters">Cluster of each row, [N], each in [0..K).</param>
    /// <param name="clusterCount">K.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    public static double[] SumsByCluster(Rows rows, int[] clusters, int clusterCount, int threads = 0)
    {
        var sums = new double[(long)rows.Count * clusterCount];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                for (int other = 0; other < rows.Count; other++)
                {
                    sums[(long)row * clusterCount + clusters[other]] += Math.Sqrt(VectorKernels.SquaredDistance(rows[row], rows[other]));
                }
            }
        });
        return sums;
    }
}
