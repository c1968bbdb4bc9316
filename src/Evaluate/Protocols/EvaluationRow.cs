using System.Text.Json.Serialization;

namespace Toolchain.Evaluate.Protocols;

/// <summary>
/// One line of <c>metrics.json</c> and of the report: a model under a protocol. Figures are fractions in [0..1]; null where not taken, as
/// those that need labels are where the data has none.
/// </summary>
public sealed record EvaluationRow
{
    /// <summary>Most classes of which <see cref="Confusion"/> is a whole table.</summary>
    public const int MostConfusionClasses = 100;

    /// <summary>The system, such as "moco", or "raw pixels".</summary>
    public required string Method { get; init; }

    /// <summary>What made the clusters.</summary>
    public required Clusterer Clusterer { get; init; }

    /// <summary>The protocol.</summary>
    public required Protocol Protocol { get; init; }

    /// <summary>Number of clusters.</summary>
    public required int K { get; init; }

    /// <summary>What labels were used for, in words.</summary>
    public string UsesLabels { get; init; } = "nothing: the data has no labels";

    /// <summary>Share of test images named correctly through the map that was fitted on the training labels.</summary>
    public double? Accuracy { get; init; }

    /// <summary>
    /// The same where each cluster has the commonest training class in it; only where a one-to-one map leaves clusters without a class.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MajorityVote { get; init; }

    /// <summary>Share of test images that show the commonest class of their cluster.</summary>
    public double? Purity { get; init; }

    /// <summary>Normalised mutual information on the test images, arithmetic mean.</summary>
    public double? Nmi { get; init; }

    /// <summary>Adjusted Rand index on the test images.</summary>
    public double? Ari { get; init; }

    /// <summary>Adjusted mutual information on the test images, arithmetic mean.</summary>
    public double? Ami { get; init; }

    /// <summary>Homogeneity on the test images, in [0..1]: 1 where no cluster mixes classes.</summary>
    public double? Homogeneity { get; init; }

    /// <summary>
    /// Completeness on the test images, in [0..1]: 1 where no class is split over clusters. Its harmonic mean with homogeneity is NMI.
    /// </summary>
    public double? Completeness { get; init; }

    /// <summary>
    /// Bayesian information criterion of a mixture on the training images (nats, lower is better); null for other clusterers.
    /// </summary>
    public double? Bic { get; init; }

    /// <summary>Akaike's information criterion of a mixture on the training images (nats, lower is better).</summary>
    public double? Aic { get; init; }

    /// <summary>Silhouette of at most 2,000 test images in their clusters, in [-1..1]; needs no labels; null without embeddings.</summary>
    public double? Silhouette { get; init; }

    /// <summary>Accuracy of 20 weighted neighbours (cosine, T = .07); the same for every row of a model.</summary>
    [JsonPropertyName("knn20")]
    public double? NeighbourAccuracy { get; init; }

    /// <summary>The same by 200 neighbours.</summary>
    [JsonPropertyName("knn200")]
    public double? NeighbourAccuracy200 { get; init; }

    /// <summary>Accuracy of a linear probe; the same for every row of a model.</summary>
    public double? Linear { get; init; }

    /// <summary>
    /// Effective rank of the test embeddings, in [1..D]; needs no labels; as the two below, the same for every row of a model and null for
    /// pixels.
    /// </summary>
    public double? EffectiveRank { get; init; }

    /// <summary>Uniformity of the test embeddings (nats, lower is more even); needs no labels.</summary>
    public double? Uniformity { get; init; }

    /// <summary>Mean squared distance of test embeddings of the same class at unit length.</summary>
    public double? Alignment { get; init; }

    /// <summary>Share of the test images of each class that are named correctly, [C]; null for a class that has none.</summary>
    public double?[]? Recall { get; init; }

    /// <summary>Test images in each cluster, [K].</summary>
    public required int[] Sizes { get; init; }

    /// <summary>
    /// Test images by true class (row) and given class (column), [C][C]; images of clusters without a class are left out. Null where there
    /// are more than <see cref="MostConfusionClasses"/> classes.
    /// </summary>
    [JsonConverter(typeof(CompactTableConverter))]
    public int[][]? Confusion { get; init; }

    /// <summary>
    /// The same of more classes: true class, given class and number of test images of each pair that occurs, in ascending order.
    /// </summary>
    [JsonConverter(typeof(CompactTableConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[][]? ConfusionCells { get; init; }

    /// <summary>Cluster of each test image, in [0..K).</summary>
    [JsonIgnore]
    public int[] Clusters { get; init; } = [];

    /// <summary>Class given to each test image, -1 where its cluster has none; empty without labels.</summary>
    [JsonIgnore]
    public int[] Given { get; init; } = [];

    /// <summary>
    /// What keeps the figures of this row from meaning much, such as nearly as many clusters as images; null where nothing does.
    /// </summary>
    public string? Remark { get; init; }

    /// <summary>Number of test images.</summary>
    public required int Images { get; init; }

    /// <summary>Digest of the model file; null for raw pixels.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>Seed of the training, from the model; null where it says none.</summary>
    public string? Seed { get; init; }

    /// <summary>
    /// What the model was trained on and how, but for the seed: rows of one method and equal settings are of one kind. Null where it says
    /// nothing.
    /// </summary>
    [JsonIgnore]
    public string? Settings { get; init; }

    /// <summary>Training time from the manifest beside the model, or null.</summary>
    public double? TrainSeconds { get; init; }

    /// <summary>Numbers in the model, from the manifest beside it, or null.</summary>
    public long? Parameters { get; init; }

    /// <summary>Size of the model file.</summary>
    public long? Bytes { get; init; }

    /// <summary>Number of clusters and clusterer, such as "10, k-means".</summary>
    /// <param name="separator">What stands between.</param>
    public string ClustersText(string separator = ", ") => $"{K}{separator}{Clusterer.Word()}";

    /// <summary>
    /// The method, with its seed (and the beginning of its digest, if seeds are equal) where there are several models of it among rows.
    /// </summary>
    public string NameAmong(IReadOnlyList<EvaluationRow> rows)
    {
        EvaluationRow[] models = [.. rows.Where(other => other.Method == Method).DistinctBy(other => other.ModelSha256)];
        return models.Length < 2 ? Method
            : models.All(model => model.Seed is not null) && models.DistinctBy(model => model.Seed).Count() == models.Length
            ? $"{Method}, seed {Seed}"
            : $"{Method}, {(Seed is null ? "" : $"seed {Seed}, ")}{ModelSha256?[..6]}";
    }
}
