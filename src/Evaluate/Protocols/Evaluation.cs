using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Spectral;
using Toolchain.Data;
using Toolchain.Evaluate.Fusion;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Probe;
using Toolchain.Inference;

namespace Toolchain.Evaluate.Protocols;

/// <summary>Which protocols are printed.</summary>
public enum ProtocolChoice
{
    /// <summary>As many clusters as classes, one-to-one map.</summary>
    Strict,

    /// <summary>What the poster's own code did.</summary>
    Poster,

    /// <summary>Both.</summary>
    Both,
}

/// <summary>
/// Evaluates models under the protocols of docs/decisions/0001-contract.md. Clusterers are fitted on the training images without labels;
/// the map from clusters to classes is fitted on the training labels; all figures are of the test images. Where either has no labels, the
/// figures that need none remain; where both are the same images, neighbours and linear probe are left out.
/// </summary>
public sealed class Evaluation
{
    // Columns of a mixture. A full covariance of 784 pixels per cluster is neither the poster's system nor affordable: pixels have their
    // own method, gmm.
    internal const int Widest = 256;

    readonly RowScore score;
    readonly ProtocolTable table;
    readonly ClustererFactory factory;
    readonly ComputeDevice device;

    /// <summary>Prepares the protocols for a pair of image sets; <see cref="Run"/> then scores models on it.</summary>
    /// <param name="train">Training images, at least as many as clusters.</param>
    /// <param name="test">Test images, at least one.</param>
    /// <param name="options">How it is computed; null for the defaults.</param>
    /// <exception cref="ArgumentException">The number of clusters is below 1.</exception>
    /// <exception cref="InvalidDataException">There are too few images.</exception>
    public Evaluation(ImageSet train, ImageSet test, EvaluationOptions? options = null) : this(new(train, test, null), options)
    {
    }

    /// <summary>The same of images that are not all there were; each row says so.</summary>
    /// <param name="sets">The images.</param>
    /// <param name="options">How it is computed; null for the defaults.</param>
    /// <exception cref="ArgumentException">The number of clusters is below 1.</exception>
    /// <exception cref="InvalidDataException">There are too few images.</exception>
    public Evaluation(EvaluationSets sets, EvaluationOptions? options = null)
    {
        (ImageSet train, ImageSet test, _) = sets;
        options ??= new();
        int? clusterCount = options.ClusterCount;
        var classes = ImageClasses.OfBoth(train, test);
        table = new(clusterCount ?? (classes is null ? ImageClasses.Digits.Count : StrictClusters(train)),
            classes?.AreDigits ?? clusterCount is null, options.Balanced);
        score = new RowScore(sets, options.Threads, table.StrictClusters);
        factory = new ClustererFactory(options.Seed, options.Threads);
        device = options.Device;
    }

    /// <summary>Whether the poster's protocol is for the data: digits.</summary>
    public bool HasPoster => table.HasPoster;

    /// <summary>
    /// Clusters of the strict protocol unless others are asked for: as many as classes have images; ten for digits and without labels.
    /// </summary>
    /// <param name="train">The training images.</param>
    public static int StrictClusters(ImageSet train)
    {
        ArgumentNullException.ThrowIfNull(train);
        return train.ExpectedClusters ?? ImageClasses.Digits.Count;
    }

    /// <summary>The rows of one model, with its k-NN and linear-probe accuracy in each.</summary>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="choice">Which protocols.</param>
    /// <param name="progress">Told what is computed next, in words; null for silence.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    /// <exception cref="ArgumentException">The poster's protocol alone was asked for, and the data are no digits.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, between two rows.</exception>
    public IReadOnlyList<EvaluationRow> Run(ModelOutputs outputs, ProtocolChoice choice, IProgress<string>? progress = null,
        CancellationToken cancellation = default)
    {
        if (choice == ProtocolChoice.Poster && !table.HasPoster)
        {
            throw new ArgumentException("--protocol poster: expected digits 0..9, for which the poster's numbers of clusters are, found "
                + $"{(score.Classes is null ? "data without labels" : $"{score.Classes.Count} other classes")}; take --protocol strict.");
        }
        bool canLearn = score is { IsLabelled: true, AreApart: true } && outputs.HasEmbedding;
        progress?.Report("k-NN accuracy");
        double[]? neighbours = canLearn
            ? NearestNeighbours.Accuracy(new(outputs.Train!.Value, score.TrainLabels) { Bytes = outputs.TrainBytes },
                new(outputs.Test!.Value, score.TestLabels) { Bytes = outputs.TestBytes }, [20, 200], threads: factory.Threads)
            : null;
        progress?.Report("linear probe");
        double? linear = canLearn ? Linear(outputs) : null;
        progress?.Report("spread of the embeddings");
        EmbeddingGeometry? geometry = outputs.Test is Rows spread && spread.Width <= Widest
            ? EmbeddingGeometry.Of(spread, score.IsLabelled ? score.TestLabels : [], factory.Threads) : null;
        var shared = new SharedFits(outputs, Spectral(table.StrictClusters));
        var rows = new List<EvaluationRow>();
        foreach (Recipe recipe in table.Of(outputs, choice, outputs.Train is { Width: <= Widest },
            () => shared.Exist))
        {
            progress?.Report($"{recipe.ClusterCount} clusters, {recipe.Clusterer.Word()}");
            rows.Add(Row(outputs, recipe, shared) with
            {
                NeighbourAccuracy = neighbours?[0],
                NeighbourAccuracy200 = neighbours?[1],
                Linear = linear,
                EffectiveRank = geometry?.EffectiveRank,
                Uniformity = geometry?.Uniformity,
                Alignment = geometry?.Alignment,
            });
            cancellation.ThrowIfCancellationRequested();
        }
        return rows;
    }

    /// <summary>Accuracy on the test images of a linear probe that learns with the training labels, in [0..1].</summary>
    /// <exception cref="ArgumentException">The outputs have no embeddings.</exception>
    /// <exception cref="InvalidDataException">The data has no labels.</exception>
    public double Linear(ModelOutputs outputs)
    {
        (Rows known, Rows asked) = Embeddings(outputs);
        return score.IsLabelled ? LinearProbe.Accuracy(new(known, score.TrainLabels), new(asked, score.TestLabels),
                score.Classes!.Count, factory.Seed, device)
            : throw new InvalidDataException("The linear probe learns from labels, and the data has none; give labelled images.");
    }

    /// <summary>k-means clusters of the embeddings, as many as the strict protocol has, mapped one-to-one.</summary>
    /// <exception cref="ArgumentException">The outputs have no embeddings.</exception>
    public EvaluationRow StrictKMeans(ModelOutputs outputs) => Row(outputs, table.StrictKMeans);

    /// <summary>What the poster's code did with the embeddings of the outputs' method.</summary>
    /// <exception cref="ArgumentException">The outputs have no embeddings.</exception>
    public EvaluationRow PosterOf(ModelOutputs outputs) => Row(outputs, ProtocolTable.PosterEmbedding(outputs.Method));

    EvaluationRow Row(ModelOutputs outputs, Recipe recipe, SharedFits? shared = null)
    {
        shared ??= new(outputs, Spectral(table.StrictClusters));
        if (recipe.Clusterer == Clusterer.Own)
        {
            return score.Of(outputs, recipe, new(outputs.TrainClusters!, outputs.TestClusters!));
        }
        (Rows known, Rows asked) = Embeddings(outputs);
        recipe = recipe with { ClusterCount = Math.Min(recipe.ClusterCount, known.Count) };
        if (recipe.Clusterer == Clusterer.Spectral)
        {
            return score.Of(outputs, recipe, shared.Cluster(Spectral(recipe.ClusterCount)));
        }
        if (recipe.Clusterer == Clusterer.KMeans && outputs is { TrainBytes: ByteRows bytes, TestBytes: ByteRows others })
        {
            KMeansResult means = KMeansClustering.Fit(bytes, FittedHead.MeansOptions(recipe.ClusterCount, factory));
            return score.Of(outputs, recipe, new(means.Labels, KMeansClustering.Assign(others, means.Centres, factory.Threads)));
        }
        FittedHead head = shared.Head(MethodOf(recipe.Clusterer), recipe.ClusterCount, factory);
        return score.Of(outputs, recipe, new(head.Labels, head.Assign(asked))) with
        {
            Bic = head.Criteria?.Bayesian,
            Aic = head.Criteria?.Akaike,
        };
    }

    static ClusterMethod MethodOf(Clusterer clusterer) => clusterer switch
    {
        Clusterer.KMeans => ClusterMethod.KMeans,
        Clusterer.Balanced => ClusterMethod.Balanced,
        _ => ClusterMethod.Gmm,
    };

    static (Rows Train, Rows Test) Embeddings(ModelOutputs outputs) => outputs is { Train: Rows train, Test: Rows test }
        ? (train, test)
        : throw new ArgumentException($"'{nameof(outputs)}' must have embeddings, but {outputs.Method} gives none.", nameof(outputs));

    SpectralOptions Spectral(int clusterCount) => factory.Spectral(clusterCount) with { VectorCount = table.StrictClusters };
}
