using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Spectral;
using Toolchain.Train.Core;
using static TorchSharp.torch;

namespace Toolchain.Train.Features;

/// <summary>Soft labels from embeddings.</summary>
static class ClusterLabels
{
    const int Restarts = 5; // as uvl cluster

    /// <summary>
    /// Clusters of the embeddings <paramref name="embeddings"/> [N,D], spectral ones or those of balanced k-means; the soft label of an
    /// image is the share of each cluster among itself and its nearest neighbours, so an image among strangers is unsure. [N,K].
    /// </summary>
    public static Tensor Of(Tensor embeddings, int clusterCount, GradientJob job, bool isBalanced = false)
    {
        using Tensor here = embeddings.cpu();
        var rows = new Rows(here.data<float>().ToArray(), (int)here.shape[1]);
        var factory = new ClustererFactory(job.Seed, job.Threads);
        SpectralOptions options = factory.Spectral(clusterCount);
        options = options with { NeighbourCount = Math.Min(options.NeighbourCount, rows.Count - 1) };
        int[] clusters = isBalanced ? BalancedKMeans.Fit(rows, factory.KMeans(clusterCount) with { Restarts = Restarts }).Labels
            : SpectralClustering.Fit(rows, options);
        NeighbourTable table = NeighbourSearch.OfEach(rows, options.NeighbourCount, job.Threads);
        var votes = new float[(long)rows.Count * clusterCount];
        float vote = 1f / (table.Count + 1);
        for (int row = 0; row < rows.Count; row++)
        {
            votes[row * clusterCount + clusters[row]] += vote;
            foreach (int neighbour in table.Indices.AsSpan(row * table.Count, table.Count))
            {
                votes[row * clusterCount + clusters[neighbour]] += vote;
            }
        }
        return tensor(votes, [rows.Count, clusterCount]);
    }

    /// <summary>
    /// Which column of <paramref name="labels"/> [N,K] stands for each column of <paramref name="earlier"/> ones, [K]: one to one, the pair
    /// that shares most first.
    /// </summary>
    public static Tensor Order(Tensor labels, Tensor earlier)
    {
        using Tensor shared = earlier.t().matmul(labels); // [K,K]
        int count = (int)shared.shape[0];
        float[] values = shared.data<float>().ToArray();
        var order = new long[count];
        var (rows, columns) = (Enumerable.Range(0, count).ToHashSet(), Enumerable.Range(0, count).ToHashSet());
        while (rows.Count > 0)
        {
            (int row, int column) = rows.SelectMany(row => columns.Select(column => (row, column)))
                .MaxBy(pair => values[pair.row * count + pair.column]);
            order[row] = column;
            rows.Remove(row);
            columns.Remove(column);
        }
        return tensor(order);
    }
}
