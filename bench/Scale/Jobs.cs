using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Spectral;
using Toolchain.Clustering.Tsne;

namespace Toolchain.Scale.Bench;

/// <summary>The jobs that are measured.</summary>
static class Jobs
{
    const int Asked = 1000, NeighbourCount = 15;

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
        "spectral10" or "spectral100" => Spectral(rows, int.Parse(job["spectral".Length..], CultureInfo.InvariantCulture)),
        "tsne" => Measured.Of("t-SNE, 750 iterations", rows.Count,
            () => TsneEmbedding.Fit(rows, new TsneOptions { Neighbours = NeighbourMode.Approximate }),
            found => string.Create(CultureInfo.InvariantCulture, $"divergence {found.Divergence:f3}")),
        _ => throw new ArgumentException($"job '{job}': expected neighbours, neighbours-exact, neighbours90, spectral10, spectral100 or "
            + "tsne."),
    };

    // After the neighbours; their time is a row of its own.
    static Measured Spectral(Rows rows, int clusters)
    {
        var options = new SpectralOptions { ClusterCount = clusters, Neighbours = NeighbourMode.Approximate };
        NeighbourTable near = NeighbourSearch.OfEach(rows, options.NeighbourCount, NeighbourMode.Approximate);
        return Measured.Of($"spectral clustering, {clusters} clusters, after the neighbours", rows.Count,
            () => SpectralClustering.Cluster(SpectralClustering.Embed(near, options), options), found => rows.Count > 100_000 ? ""
                : $"ARI {AdjustedRand.Of(found, SpectralClustering.Fit(rows, options with { Neighbours = NeighbourMode.Exact })):f4}");
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
