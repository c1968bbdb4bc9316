using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.KMeans;
using Toolchain.Data;
using Toolchain.Evaluate.Fusion;
using Toolchain.Evaluate.Metrics;
using Toolchain.Inference;

namespace Toolchain.Deploy.Bundles;

/// <summary>
/// How outputs become clusters, and what those are called: the model's own clusters, or the nearest of k-means centres of the training
/// embeddings. Labels name clusters and do nothing else.
/// </summary>
/// <param name="Count">Number of clusters (K).</param>
/// <param name="Centres">Centres of embeddings [K,D]; null where the model gives clusters itself.</param>
/// <param name="ClassOfCluster">Class of each cluster [K], -1 for none; null without labels.</param>
/// <param name="Classes">The classes; null without labels.</param>
sealed record ClusterNames(int Count, Rows? Centres, int[]? ClassOfCluster, ImageClasses? Classes)
{
    // Of k-means, as in the strict protocol.
    const int Restarts = 5;

    /// <summary>Fits centres, where the model gives no clusters, and names, where the images have labels.</summary>
    /// <param name="session">The model.</param>
    /// <param name="data">Training images.</param>
    /// <param name="cancellation">Stops k-means.</param>
    public static ClusterNames Fit(EncoderSession session, ImageSet data, CancellationToken cancellation)
    {
        Embeddings train = session.Run(data, null, cancellation);
        int count = session.HasClusters ? (session.ClusterCount > 0 ? session.ClusterCount : 1 + (int)train.Clusters!.Max())
            : Math.Min(data.ExpectedClusters ?? ImageClasses.Digits.Count, data.Count);
        Rows? centres = session.HasClusters || session.Dimension == 0 ? null
            : KMeansClustering.Fit(new Rows(train.Values, train.Dimension), new ClustererFactory(0, 0, cancellation).KMeans(count) with
            {
                Restarts = Restarts,
            }).Centres;
        var names = new ClusterNames(count, centres, null, data.Classes);
        return OfModel(session, data.Classes) ?? (data is not { Labels: int[] labels, Classes: { } classes }
            || names.ClustersOf(train) is not int[] clusters ? names
            : names with
            {
                ClassOfCluster = MapOf(new Contingency(clusters, labels, count, classes.Count), count == data.ExpectedClusters),
            });
    }

    /// <summary>The names that the model has itself for these classes, which need no training images; null where it has none.</summary>
    public static ClusterNames? OfModel(EncoderSession session, ImageClasses? classes) => session.HasClusters && classes is not null
        && session.ClusterDigits is { } known && !ClusterDigits.AreOfOthers(session.Metadata, classes)
        ? new(known.Count, null, [.. known], classes) : null;

    /// <summary>The cluster of each image [N]; null where there are neither clusters nor embeddings.</summary>
    public int[]? ClustersOf(Embeddings found) => found.Clusters is { } own ? Array.ConvertAll(own, cluster => (int)cluster)
        : Centres is not { } centres ? null
        : KMeansClustering.Assign(new Rows(found.Values, found.Dimension), centres);

    /// <summary>Share of images whose cluster has the name of their class; null without labels or names.</summary>
    public double? Accuracy(int[]? clusters, ImageSet data) => clusters is null || ClassOfCluster is not { } names
        || data.Labels is not { } labels || clusters.Length == 0 ? null
        : clusters.Zip(labels).Count(pair => pair.First < names.Length && names[pair.First] == pair.Second) / (double)clusters.Length;

    /// <summary>What a cluster is called: its class, or "cluster 3".</summary>
    public string NameOf(int cluster) => ClassOfCluster is { } map && Classes is { } classes && map[cluster] >= 0
        ? classes.NameOf(map[cluster]) : FormattableString.Invariant($"cluster {cluster}");

    /// <summary>The content of <see cref="BundleLayout.Clusters"/>.</summary>
    public JsonObject ToJson() => new()
    {
        ["cluster_count"] = Count,
        ["clusters_from"] = Centres is null ? "output 'cluster' of the model" : "nearest of 'centres' to output 'embedding'",
        ["class_of_cluster"] = ClassOfCluster is null ? null : BundleJson.Array(ClassOfCluster),
        ["classes"] = ClassOfCluster is null ? null : BundleJson.Array(Classes!.AllNames()),
        ["labels_used_for"] = ClassOfCluster is null ? "nothing" : "naming clusters and scoring alone, not for training",
        ["centres"] = Centres is not { } rows ? null
            : new JsonArray([.. Enumerable.Range(0, rows.Count).Select(row => (JsonNode)BundleJson.Array(rows[row].ToArray()))]),
    };

    /// <summary>The class of each cluster [K] by most images: one to one, or by the commonest class of each.</summary>
    public static int[] MapOf(Contingency counts, bool isOneToOne) =>
        isOneToOne ? ClusterMap.OneToOne(counts) : ClusterMap.MajorityVote(counts);
}
