using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.Spectral;
using Toolchain.Data;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;
using Toolchain.Graph.Heads;

namespace Toolchain.Evaluate.Fusion;

/// <summary>
/// Spectral clusters as a head. They are found on the graph of neighbours, which no model can carry along, so a linear layer learns to
/// name them; its names are the clusters.
/// </summary>
public static class SpectralHead
{
    /// <summary>Requires a number of clusters that a graph of so many neighbours has.</summary>
    /// <param name="count">Number of clusters (K).</param>
    /// <param name="rowCount">Number of embeddings (N).</param>
    /// <exception cref="ArgumentException">The count is not in [2..N).</exception>
    public static void RequireCount(int count, int rowCount)
    {
        if (count < 2 || count >= rowCount)
        {
            throw new ArgumentException($"--k '{count}': expected at least 2 and fewer than the {rowCount} embeddings with --method "
                + "spectral.");
        }
    }

    /// <summary>Fits clusters and layer.</summary>
    /// <param name="rows">Embeddings, [N,D].</param>
    /// <param name="count">Number of clusters (K), in [2..N).</param>
    /// <param name="factory">Seed, threads and cancellation of the fit.</param>
    /// <exception cref="ArgumentException">The count is out of range.</exception>
    internal static FittedHead Fit(Rows rows, int count, ClustererFactory factory)
    {
        RequireCount(count, rows.Count);
        int[] found = SpectralClustering.Fit(rows, factory.Spectral(count));
        LinearClassifier layer = LinearProbe.Fit(rows, found, count, factory.Seed, cancellation: factory.Cancellation);
        int[] labels = layer.Assign(rows);
        double kept = found.Zip(labels).Count(pair => pair.First == pair.Second) / (double)rows.Count;
        return new FittedHead("spectral", count, labels, string.Create(CultureInfo.InvariantCulture,
            $"spectral clustering with {Printable.Count(count, "cluster")}: a linear layer names {kept:p2} of the embeddings alike"))
        {
            Sizes = FittedHead.SizesOf(labels, count, factory),
            Assign = layer.Assign,
            Build = (graph, x) => ClusterHead.Linear(graph, x, layer.Weight, layer.Bias, ElementType.Float32),
        };
    }
}
