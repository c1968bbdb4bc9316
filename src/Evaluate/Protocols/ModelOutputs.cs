using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Inference;

namespace Toolchain.Evaluate.Protocols;

/// <summary>What is evaluated: a model's outputs on training and test images, or the pixels themselves.</summary>
public sealed record ModelOutputs
{
    /// <summary>The system, such as "moco".</summary>
    public required string Method { get; init; }

    /// <summary>Rows of the training images [N,D], or null where the model gives no embedding.</summary>
    public Rows? Train { get; init; }

    /// <summary>Rows of the test images [M,D].</summary>
    public Rows? Test { get; init; }

    /// <summary>Whether it has embeddings of both sets.</summary>
    public bool HasEmbedding => Train is not null && Test is not null;

    /// <summary>The training rows as bytes, where they are whole numbers: k-means of those is the same and faster.</summary>
    internal ByteRows? TrainBytes { get; init; }

    /// <summary>The test rows as bytes.</summary>
    internal ByteRows? TestBytes { get; init; }

    /// <summary>The model's own cluster of each training image; null where it names none, or learnt from labels what it names.</summary>
    public int[]? TrainClusters { get; init; }

    /// <summary>The model's own cluster of each test image, or null.</summary>
    public int[]? TestClusters { get; init; }

    /// <summary>Number of own clusters (K).</summary>
    public int ClusterCount { get; init; }

    /// <summary>Digest of the model file.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>Size of the model file.</summary>
    public long? Bytes { get; init; }

    /// <summary>Seed of the training, from the model's metadata, or null.</summary>
    public string? Seed { get; init; }

    /// <summary>
    /// Training data and options from the model's metadata, but for seeds: equal where two models are of one kind. Null where it has none.
    /// </summary>
    public string? Settings { get; init; }

    /// <summary>Training time from the manifest, or null.</summary>
    public double? TrainSeconds { get; init; }

    /// <summary>Numbers in the model, from the manifest, or null.</summary>
    public long? Parameters { get; init; }

    /// <summary>The pixels themselves: the baseline of every table.</summary>
    public static ModelOutputs RawPixels(ImageSet train, ImageSet test) => new()
    {
        Method = "raw pixels",
        Train = Rows.FromBytes(train.Pixels, train.Shape.Size),
        Test = Rows.FromBytes(test.Pixels, test.Shape.Size),
        TrainBytes = new ByteRows(train.Pixels, train.Shape.Size),
        TestBytes = new ByteRows(test.Pixels, test.Shape.Size),
    };

    /// <summary>Runs a model over both sets.</summary>
    /// <param name="session">The model.</param>
    /// <param name="train">Training images.</param>
    /// <param name="test">Test images.</param>
    /// <param name="progress">Told the number of images done; null for silence.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InvalidModelException">An embedding is not finite.</exception>
    public static ModelOutputs Of(EncoderSession session, ImageSet train, ImageSet test, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Embeddings first = session.Run(train, progress, cancellation);
        Embeddings second = session.Run(test, progress is null ? null : new Offset(progress, train.Count), cancellation);
        var manifest = RunManifest.Beside(session.Path, session.Sha256);
        bool isClassifier = LearntFromLabels(session);
        return new ModelOutputs
        {
            Method = session.Metadata.GetValueOrDefault(ModelKeys.Method, RunLayout.NameOf(session.Path))
                + (session.Layer == "embedding" ? "" : $" {session.Layer}"),
            Train = first.Dimension > 0 ? new Rows(first.Values, first.Dimension) : null,
            Test = second.Dimension > 0 ? new Rows(second.Values, second.Dimension) : null,
            TrainClusters = isClassifier ? null : Ints(first.Clusters),
            TestClusters = isClassifier ? null : Ints(second.Clusters),
            ClusterCount = first.Clusters is null ? 0
                : (int)Math.Max(first.ClusterCount, Math.Max(first.Clusters.Max(), second.Clusters!.Max()) + 1),
            ModelSha256 = session.Sha256,
            Bytes = session.SizeBytes,
            Seed = session.Metadata.GetValueOrDefault(ModelKeys.Seed),
            Settings = SettingsOf(session.Metadata, manifest.Source),
            TrainSeconds = manifest.TrainSeconds,
            Parameters = manifest.Parameters,
        };
    }

    /// <summary>Whether what a model names is a classifier, trained with labels by <c>uvl probe</c>, and no clusters.</summary>
    public static bool LearntFromLabels(EncoderSession session) => session.Metadata.GetValueOrDefault(ModelKeys.Clusterer) == "linear";

    /// <summary>
    /// Training data and options, from a model's metadata. The folder of the run that the training started from counts by what
    /// <paramref name="source"/> says of that run, which leaves its seed out; as it is where nothing is known.
    /// </summary>
    internal static string? SettingsOf(IReadOnlyDictionary<string, string> metadata, string? source)
    {
        if (!metadata.TryGetValue(ModelKeys.Options, out string? options))
        {
            return null;
        }
        try
        {
            using JsonDocument read = JsonDocument.Parse(options);
            IEnumerable<string> kept = read.RootElement.EnumerateObject().Select(option =>
                $"{option.Name}={(option.Name == ModelKeys.FromOption && source is not null ? source : option.Value.GetRawText())}");
            return string.Join(' ', kept.Append(metadata.GetValueOrDefault(ModelKeys.DatasetSha256, ""))
                .Append(metadata.GetValueOrDefault(ModelKeys.Clusterer, "")));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static int[]? Ints(long[]? values) => values is null ? null : [.. values.Select(value => (int)value)];

    sealed class Offset(IProgress<int> inner, int start) : IProgress<int>
    {
        public void Report(int value) => inner.Report(start + value);
    }
}
