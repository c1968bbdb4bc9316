using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.Spectral;
using Toolchain.Data;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph.Heads;

namespace Toolchain.Evaluate.Fusion;

/// <summary>
/// Spectral clusters as a head. They are found on the graph of neighbours, which no model can carry along, so a linear layer learns to
/// name them; its names are the clusters.
/// </summary>
static class SpectralHead
{
    /// <summary>Fits clusters and layer.</summary>
    /// <param name="rows">Embeddings, [N,D].</param>
    /// <param name="count">Number of clusters (K), in [2..N).</param>
    /// <param name="factory">Seed, threads and cancellation of the fit.</param>
    /// <exception cref="ArgumentException">The count is out of range.</exception>
    public static FittedHead Fit(Rows rows, int count, ClustererFactory factory)
    {
        if (count < 2 || count >= rows.Count)
        {
            throw new ArgumentException($"--k '{count}': expected at least 2 and fewer than the {rows.Count} embeddings with --method "
                + "spectral.");
        }
        int[] found = SpectralClustering.Fit(rows, factory.Spectral(count));
        LinearClassifier layer = LinearProbe.Fit(rows, found, count, factory.Seed, cancellation: factory.Cancellation);
        int[] labels = layer.Assign(rows);
        double kept = found.Zip(labels).Count(pair => pair.First == pair.Second) / (double)rows.Count;
        return new FittedHead("spectral", count, labels, string.Create(CultureInfo.InvariantCulture,
            $"spectral clustering with {Printable.Count(count, "cluster")}: a linear layer names {kept:p2} of the embeddings alike"))
        {
            Sizes = FittedHead.SizesOf(labels, count, factory),
            Assign = layer.Assign,
            Build = (graph, x) => ClusterHead.Linear(graph, x, layer.Weight, layer.Bias),
        };
    }
}
