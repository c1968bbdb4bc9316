using Toolchain.Clustering;
using Toolchain.Train.Running;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Refine;

/// <summary>Labels to begin with, from the embeddings of the given encoder.</summary>
static class FirstLabels
{
    /// <summary>
    /// Spectral clusters of the embeddings <paramref name="rows"/> [N,D]; the soft label of an image is the share of each cluster among itself and its nearest
    /// neighbours, so an image among strangers is unsure. [N,K].
    /// </summary>
    public static Tensor Spectral(Rows rows, int clusterCount, GradientJob job)
    {
        var options = new SpectralOptions { ClusterCount = clusterCount, NeighbourCount = Math.Min(15, rows.Count - 1), Seed = job.Seed, Threads = job.Threads };
        int[] clusters = SpectralClustering.Fit(rows, options);
        NeighbourTable table = Neighbours.OfEach(rows, options.NeighbourCount, job.Threads);
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
}
