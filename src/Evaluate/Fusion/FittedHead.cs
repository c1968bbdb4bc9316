using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Heads;

namespace Toolchain.Evaluate.Fusion;

/// <summary>Clusters that were fitted on embeddings, ready to be built into a graph.</summary>
/// <param name="Name">"kmeans" or "gmm".</param>
/// <param name="Count">Number of clusters (K).</param>
/// <param name="Labels">Cluster of each row.</param>
/// <param name="Summary">How the fit went, for a person.</param>
/// <param name="Build">Adds the head to a graph.</param>
public sealed record FittedHead(string Name, int Count, int[] Labels, string Summary, Func<GraphBuilder, Value,
    (Value Probability, Value Cluster)> Build)
{
    /// <summary>Clusters that have no row, which embeddings that are too few or too much alike leave over.</summary>
    public int EmptyCount => Count - Labels.Distinct().Count();

    /// <summary>Fits clusters.</summary>
    /// <param name="rows">Embeddings, [N,D].</param>
    /// <param name="method">k-means or a mixture.</param>
    /// <param name="count">Number of clusters (K).</param>
    /// <param name="seed">Seed of everything random.</param>
    /// <param name="threads">Threads; 0 takes all processors.</param>
    /// <param name="cancellation">Stops the fit.</param>
    public static FittedHead Fit(Rows rows, ClusterMethod method, int count, int seed, int threads, CancellationToken cancellation)
    {
        if (method == ClusterMethod.KMeans)
        {
            KMeansResult means =
                KMeansClustering.Fit(rows, new KMeansOptions
                {
                    ClusterCount = count,
                    Restarts = 5,
                    Seed = seed,
                    Threads = threads,
                    Cancellation = cancellation
                });
            return new FittedHead("kmeans", count, means.Labels,
                string.Create(CultureInfo.InvariantCulture,
                    $"k-means with {Printable.Count(count, "cluster")}: inertia {means.Inertia:g6} after "
                        + $"{Printable.Count(means.Iterations, "iteration")}"),
                (graph, x) => ClusterHead.KMeans(graph, x, means.CentreTable(), means.Variance()));
        }
        GaussianMixture mixture =
            GaussianMixture.Fit(rows, new GaussianMixtureOptions
            {
                ComponentCount = count,
                Seed = seed,
                Threads = threads,
                Cancellation = cancellation
            });
        return new FittedHead("gmm", count, mixture.Assign(rows, threads),
            string.Create(CultureInfo.InvariantCulture,
                $"mixture of {Printable.Count(count, "component")}: log-likelihood {mixture.LogLikelihood:f3} per image after "
                    + $"{mixture.Iterations} iterations"),
            (graph, x) => ClusterHead.GaussianMixture(graph, x, mixture.Means, mixture.PrecisionFactors, mixture.LogBias));
    }
}
