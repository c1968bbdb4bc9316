using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Projection;
using Toolchain.Clustering.Spectral;
using Toolchain.Clustering.Tsne;

namespace Toolchain.Scale.Bench;

/// <summary>The jobs that are measured.</summary>
static class Jobs
{
    const int Asked = 1000, NeighbourCount = 15;

    // Of the latest spectral job: jobs of the same rows share them.
    static NeighbourTable? known;

    /// <summary>Runs a job by name.</summary>
    /// <exception cref="ArgumentException">There is no such job.</exception>
    public static Measured Run(string job, Rows rows) => job switch
    {
        "neighbours" => Measured.Of("15 neighbours", rows.Count,
            () => NeighbourSearch.OfEach(rows, NeighbourCount, NeighbourMode.Approximate), found => $"recall {Recall(rows, found):f4}"),
        "neighbours-exact" => Measured.Of("15 neighbours, exact", rows.Count,
            () => NeighbourSearch.OfEach(rows, NeighbourCount, NeighbourMode.Exact), _ => "recall 1"),
        "neighbours90" => Measured.Of("90 neighbours", rows.Count,
            () => NeighbourSearch.OfEach(rows, 90, NeighbourMode.Approximate), _ => ""),
        "spectral10" or "spectral100" => Spectral(rows, int.Parse(job["spectral".Length..], CultureInfo.InvariantCulture), 0),
        "spectral100-10" => Spectral(rows, 100, 10),
        "kmeans10" or "kmeans1000" => KMeansPass(rows, int.Parse(job["kmeans".Length..], CultureInfo.InvariantCulture)),
        "kmeans10-fit" => Measured.Of("k-means, 10 clusters, one start", rows.Count,
            () => KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 10 }), found => $"{found.Iterations} iterations"),
        "mixture10" => Measured.Of("mixture of 10, 5 iterations", rows.Count, () => GaussianMixture.Fit(rows, FirstLabels(rows, 10),
            new GaussianMixtureOptions { ComponentCount = 10, MaxIterations = 5, VarianceFloor = 0.1 }),
            found => string.Create(CultureInfo.InvariantCulture, $"log-likelihood {found.LogLikelihood:f3}")),
        "pca50" => Measured.Of("50 principal components", rows.Count, () => Pca.Fit(rows, 50, whiten: false),
            found => string.Create(CultureInfo.InvariantCulture, $"{found.Variances.Sum() / found.TotalVariance:p2} of the variance")),
        "tsne" => Measured.Of("t-SNE, 750 iterations", rows.Count,
            () => TsneEmbedding.Fit(rows, new TsneOptions { Neighbours = NeighbourMode.Approximate }),
            found => string.Create(CultureInfo.InvariantCulture, $"divergence {found.Divergence:f3}")),
        _ => throw new ArgumentException($"job '{job}': expected neighbours, neighbours-exact, neighbours90, spectral10, spectral100, "
            + "spectral100-10, kmeans10, kmeans1000, kmeans10-fit, mixture10, pca50 or tsne."),
    };

    // Labels for given centres: what one iteration does for each row.
    static Measured KMeansPass(Rows rows, int clusters)
    {
        Rows centres = new(rows.Values[..(clusters * rows.Width)], rows.Width);
        // Code is compiled well from the second time on.
        _ = KMeansClustering.Assign(rows, centres);
        Measured pass = Measured.Of($"k-means, {clusters} clusters, one pass", rows.Count, () => KMeansClustering.Assign(rows, centres),
            _ => "");
        double flops = 2.0 * rows.Count * clusters * rows.Width / pass.Seconds / 1e9, bytes = 4.0 * rows.Values.Length / pass.Seconds / 1e9;
        return pass with
        {
            Quality = string.Create(CultureInfo.InvariantCulture, $"{flops:f0} of {Roof.GigaFlops():f0} GFLOP/s, {bytes:f1} of "
                + $"{Roof.GigaBytes(rows.Values):f1} GB/s"),
        };
    }

    static int[] FirstLabels(Rows rows, int clusters) =>
        KMeansClustering.Assign(rows, new Rows(rows.Values[..(clusters * rows.Width)], rows.Width));

    // After the neighbours; their time is a row of its own. With as many vectors as clusters, or as few as uvl evaluate takes.
    static Measured Spectral(Rows rows, int clusters, int vectors)
    {
        var options = new SpectralOptions { ClusterCount = clusters, VectorCount = vectors, Neighbours = NeighbourMode.Approximate };
        NeighbourTable near = known?.Indices.Length == rows.Count * options.NeighbourCount ? known
            : known = NeighbourSearch.OfEach(rows, options.NeighbourCount, NeighbourMode.Approximate);
        return Measured.Of($"spectral clustering, {clusters} clusters{(vectors > 0 ? $" in {vectors} vectors" : "")}, after the neighbours",
            rows.Count, () => SpectralClustering.Cluster(SpectralClustering.Embed(near, options), options), found => rows.Count > 100_000
                ? "" : Agreement(rows, options with { Neighbours = NeighbourMode.Exact }, found));
    }

    // With the clusters of exact neighbours, beside how far those depend on the seed of their k-means.
    static string Agreement(Rows rows, SpectralOptions exact, int[] found)
    {
        int[] same = SpectralClustering.Fit(rows, exact), other = SpectralClustering.Fit(rows, exact with { Seed = 1 });
        return string.Create(CultureInfo.InvariantCulture,
            $"ARI {AdjustedRand.Of(found, same):f4}, of exact ones by two seeds {AdjustedRand.Of(other, same):f4}");
    }

    // Share of the neighbours found that are no farther than the last of the exact ones.
    static double Recall(Rows rows, NeighbourTable found)
    {
        int[] asked = [.. Enumerable.Range(0, Asked).Select(i => (int)((long)i * rows.Count / Asked))];
        var sample = new Rows(asked.SelectMany(row => rows[row].ToArray()).ToArray(), rows.Width);
        // Each row is its own nearest.
        NeighbourTable exact = NeighbourSearch.Euclidean(sample, rows, NeighbourCount + 1);
        return Enumerable.Range(0, Asked).Average(i => found.Values.AsSpan(asked[i] * NeighbourCount, NeighbourCount).ToArray()
            .Count(distance => distance <= exact.Values[(i + 1) * (NeighbourCount + 1) - 1]) / (double)NeighbourCount);
    }
}
