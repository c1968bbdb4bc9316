namespace Toolchain.Data;

/// <summary>Keys of a model's metadata (docs/reference/model-contract.md); every value is a text.</summary>
public static class ModelKeys
{
    /// <summary>The method that trained the model, such as "moco".</summary>
    public const string Method = "uvl.method";

    /// <summary>Version of the program that trained it.</summary>
    public const string Version = "uvl.version";

    /// <summary>
    /// The encoders that a joint one has side by side, an array in JSON of objects with method, seed and the file's sha256.
    /// </summary>
    public const string Joined = "uvl.joined";

    /// <summary>Options of the training, an object in JSON.</summary>
    public const string Options = "uvl.options";

    /// <summary>The option in <see cref="Options"/> that names the folder of the run whose encoder the training started from.</summary>
    public const string FromOption = "from";

    /// <summary>Seed of the training, a whole number.</summary>
    public const string Seed = "uvl.seed";

    /// <summary>Name and part of the training images, such as "mnist train".</summary>
    public const string Dataset = "uvl.dataset";

    /// <summary>SHA-256 of the training images, 64 hexadecimal digits.</summary>
    public const string DatasetSha256 = "uvl.dataset_sha256";

    /// <summary>How a picture becomes the input, an object in JSON (<see cref="Data.Preprocess"/>); absent where digits do.</summary>
    public const string Preprocess = "uvl.preprocess";

    /// <summary>What a decoder is, such as "generator"; an encoder has none.</summary>
    public const string Decoder = "uvl.decoder";

    /// <summary>
    /// What was fused onto the encoder: "kmeans", "gmm", "balanced", "spectral", or "linear" for a classifier trained with labels.
    /// </summary>
    public const string Clusterer = "uvl.clusterer";

    /// <summary>Number of its clusters (K).</summary>
    public const string Clusters = "uvl.clusters";

    /// <summary>Share of the fitted rows that each cluster has, an array in JSON, [K]; of clusters of vectors.</summary>
    public const string ClusterShares = "uvl.cluster_shares";

    /// <summary>What 99 % of the fitted rows are nearer than to the mean of their cluster; of clusters of vectors.</summary>
    public const string ClusterDistance = "uvl.cluster_distance";

    /// <summary>Share of the fitted rows' variance along each principal component, an array in JSON, [P].</summary>
    public const string ComponentShares = "uvl.component_shares";

    /// <summary>SHA-256 of the images that it was fitted on.</summary>
    public const string ClustererDatasetSha256 = "uvl.clusterer_dataset_sha256";

    /// <summary>The class of each cluster, -1 for none, an array in JSON, [K]: digits where <see cref="Classes"/> is absent.</summary>
    public const string ClusterDigits = "uvl.cluster_digits";

    /// <summary>"true" where labels were used for <see cref="ClusterDigits"/>.</summary>
    public const string ClusterDigitsUseLabels = "uvl.cluster_digits_use_labels";

    /// <summary>Names of the classes that <see cref="ClusterDigits"/> counts, an array in JSON; absent where numbers are the
    /// names.</summary>
    public const string Classes = "uvl.classes";

    /// <summary>Centres of the training embeddings, by which images out of distribution are detected.</summary>
    public const string Novelty = "uvl.novelty";

    /// <summary>SHA-256 of the images that <see cref="Novelty"/> was fitted on.</summary>
    public const string NoveltyDatasetSha256 = "uvl.novelty_dataset_sha256";

    /// <summary>How weights and activations were quantized, as words.</summary>
    public const string Quantization = "uvl.quantization";

    /// <summary>Name of the images that a finished model was tuned on.</summary>
    public const string Tuned = "uvl.tuned";

    /// <summary>Digest of the images that it was tuned on.</summary>
    public const string TunedDatasetSha256 = "uvl.tuned_dataset_sha256";
}
