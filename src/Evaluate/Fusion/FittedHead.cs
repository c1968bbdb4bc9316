using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Heads;

namespace Toolchain.Evaluate.Fusion;

/// <summary>Clusters fitted on embeddings: they assign other embeddings, and can be built into a graph.</summary>
/// <param name="Name">"kmeans", "gmm", "balanced" or "spectral".</param>
/// <param name="Count">Number of clusters (K).</param>
/// <param name="Labels">Cluster of each fitted row (of a rank, of each of its rows), [N].</param>
/// <param name="Summary">How the fit went, for a person.</param>
public sealed record FittedHead(string Name, int Count, int[] Labels, string Summary)
{
    // Initializations of k-means: few embeddings need more.
    const int RestartCount = 5;

    /// <summary>Clusters of other rows [M,D], [M].</summary>
    public required Func<Rows, int[]> Assign { get; init; }

    /// <summary>Adds the head to a graph.</summary>
    public required Func<GraphBuilder, Value, (Value Probability, Value Cluster)> Build { get; init; }

    /// <summary>Information criteria for the fitted rows (of a rank, for its rows); null for k-means, which has no likelihood.</summary>
    public InformationCriteria? Criteria { get; init; }

    /// <summary>Rows of each cluster, of all ranks, [K].</summary>
    public required long[] Sizes { get; init; }

    /// <summary>Clusters without a row, which too few or too similar embeddings leave.</summary>
    public int EmptyCount => Sizes.Count(size => size == 0);

    /// <summary>Fits clusters.</summary>
    /// <param name="rows">Embeddings, [N,D].</param>
    /// <param name="method">What makes the clusters.</param>
    /// <param name="count">Number of clusters (K), in [1..N], of spectral ones in [2..N).</param>
    /// <param name="factory">Seed, threads and cancellation of the fit.</param>
    /// <param name="start">k-means of the same rows, number and factory, from which a mixture starts; null to fit it first.</param>
    public static FittedHead Fit(Rows rows, ClusterMethod method, int count, ClustererFactory factory, FittedHead? start = null) =>
        method switch
        {
            ClusterMethod.KMeans => KMeans(("kmeans", "k-means"), Means(rows, count, factory), factory),
            ClusterMethod.Spectral => SpectralHead.Fit(rows, count, factory),
            ClusterMethod.Balanced =>
                KMeans(("balanced", "balanced k-means"), BalancedKMeans.Fit(rows, MeansOptions(count, factory)), factory),
            _ => Mixture(rows, count, factory, start),
        };

    /// <summary>The options of k-means heads.</summary>
    internal static KMeansOptions MeansOptions(int count, ClustererFactory factory) =>
        factory.KMeans(count) with { Restarts = RestartCount };

    static FittedHead KMeans((string Name, string Words) method, KMeansResult means, ClustererFactory factory)
    {
        int count = means.Centres.Count;
        return new FittedHead(method.Name, count, means.Labels,
            string.Create(CultureInfo.InvariantCulture,
                $"{method.Words} with {Printable.Count(count, "cluster")}: inertia {means.Inertia:g6} after "
                    + $"{Printable.Count(means.Iterations, "iteration")}"))
        {
            Sizes = SizesOf(means.Labels, count, factory),
            Assign = others => KMeansClustering.Assign(others, means.Centres, factory.Threads),
            Build = (graph, x) => ClusterHead.KMeans(graph, x, means.CentreTable(), means.Variance()),
        };
    }

    /// <summary>Rows of each cluster, of all ranks, [K].</summary>
    internal static long[] SizesOf(int[] labels, int count, ClustererFactory factory)
    {
        double[] sizes = (factory.Ranks ?? IRanks.Alone(labels.Length)).Sum("sizes of clusters", () =>
        {
            var own = new double[count];
            Array.ForEach(labels, label => own[label]++);
            return own;
        });
        return Array.ConvertAll(sizes, size => (long)size);
    }

    static KMeansResult Means(Rows rows, int count, ClustererFactory factory) =>
        KMeansClustering.Fit(rows, MeansOptions(count, factory));

    static FittedHead Mixture(Rows rows, int count, ClustererFactory factory, FittedHead? start)
    {
        // From the very clusters that k-means gives.
        GaussianMixture mixture = GaussianMixture.Fit(rows, start?.Labels ?? Means(rows, count, factory).Labels, factory.Mixture(count));
        int[] labels = mixture.Assign(rows, out InformationCriteria criteria, factory.Threads);
        return new FittedHead("gmm", count, labels,
            string.Create(CultureInfo.InvariantCulture,
                $"mixture of {Printable.Count(count, "component")}: log-likelihood {mixture.LogLikelihood:f3} per image after "
                    + $"{mixture.Iterations} iterations"))
        {
            Sizes = SizesOf(labels, count, factory),
            Assign = others => mixture.Assign(others, factory.Threads),
            Criteria = criteria,
            Build = (graph, x) => ClusterHead.GaussianMixture(graph, x, mixture.Means, mixture.PrecisionFactors, mixture.LogBias),
        };
    }
}
