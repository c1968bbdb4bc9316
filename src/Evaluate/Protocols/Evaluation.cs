using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Clustering.Spectral;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Probe;
using Toolchain.Inference;

namespace Toolchain.Evaluate.Protocols;

/// <summary>Which protocols are printed.</summary>
public enum ProtocolChoice
{
    /// <summary>k = 10, one-to-one map.</summary>
    Strict,

    /// <summary>What the poster's own code did.</summary>
    Poster,

    /// <summary>Both.</summary>
    Both,
}

/// <summary>
/// Evaluates models under the protocols of docs/decisions/0001-contract.md. Clusterers are fitted on the training images without labels;
/// the map from clusters to digits is fitted on the training labels; all figures are of the test images. Where either has no labels, the
/// figures that need none remain; where both are the same images, neighbours and linear probe are left out.
/// </summary>
/// <param name="train">Training images, at least ten.</param>
/// <param name="test">Test images, at least one.</param>
/// <param name="seed">Seed of the clusterers.</param>
/// <param name="threads">Number of threads; 0 uses all processors. No figure depends on it.</param>
/// <param name="device">Where the linear probe is trained.</param>
public sealed class Evaluation(DigitSet train, DigitSet test, int seed = 0, int threads = 0, ComputeDevice device = ComputeDevice.Cpu)
{
    const string oneToOne = "one-to-one map of clusters to digits, on training labels";
    const string majority = "majority vote of training labels in each cluster";

    const int widest = 256; // columns of a mixture

    // Components that the poster's code gave each system's mixture (YunzeMan/Empirical-Study-on-Unsupervised-Learning); 130, its last word,
    // for others.
    static readonly Dictionary<string, int> posterComponents = new() { ["autoencoder"] = 40, ["moco"] = 130 };

    readonly int[] trainDigits = train.Count >= 10
        ? Digits(train)
        : throw new InvalidDataException($"'{train.Name}': expected at least 10 training images to make 10 clusters of, found "
        + $"{train.Count}; give more images.");

    readonly int[] testDigits = test.Count >= 1
        ? Digits(test)
        : throw new InvalidDataException($"'{test.Name}': expected test images to score, found none; give more images.");

    // Where a source has no parts, test images are the training images: each is its own nearest neighbour, and the probe has seen its
    // digit.
    readonly bool areApart = train.Sha256 != test.Sha256;

    readonly bool isLabelled = train.Labels is not null && test.Labels is not null;

    /// <summary>The rows of one model, with its k-NN and linear-probe accuracy in each.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, between two rows.</exception>
    public IReadOnlyList<EvaluationRow> Run(ModelOutputs outputs, ProtocolChoice choice, CancellationToken cancellation = default)
    {
        double[]? neighbours = isLabelled && areApart && outputs is { Train: Rows known, Test: Rows asked }
            ? NearestNeighbours.Accuracy(known, trainDigits, asked, testDigits, [20, 200], threads: threads)
            : null;
        double? linear = isLabelled && areApart && outputs is { Train: not null, Test: not null } ? Linear(outputs) : null;
        EmbeddingGeometry? geometry = outputs.Test is Rows spread && spread.Width <= widest
            ? EmbeddingGeometry.Of(spread, isLabelled ? testDigits : [], threads) : null;
        var coordinates = new Lazy<Rows?>(() => SpectralEmbedding(outputs));
        var rows = new List<EvaluationRow>();
        foreach (EvaluationRow row in (choice != ProtocolChoice.Poster ? Strict(outputs, coordinates) : [])
            .Concat(choice != ProtocolChoice.Strict ? Poster(outputs, coordinates) : []))
        {
            rows.Add(row);
            cancellation.ThrowIfCancellationRequested();
        }
        return
        [
            .. rows.Select(row => row with
            {
                NeighbourAccuracy = neighbours?[0],
                NeighbourAccuracy200 = neighbours?[1],
                Linear = linear,
                EffectiveRank = geometry?.EffectiveRank,
                Uniformity = geometry?.Uniformity,
                Alignment = geometry?.Alignment,
            }),
        ];
    }

    /// <summary>Accuracy on the test images of a linear probe that learns with the training labels, in [0..1].</summary>
    /// <exception cref="ArgumentException">The outputs have no embeddings.</exception>
    /// <exception cref="InvalidDataException">The data has no labels.</exception>
    public double Linear(ModelOutputs outputs)
    {
        (Rows known, Rows asked) = Embeddings(outputs);
        if (!isLabelled)
        {
            throw new InvalidDataException("The linear probe learns from labels, and the data has none; give labelled images.");
        }
        return LinearProbe.Accuracy(known, trainDigits, asked, testDigits, seed, device);
    }

    /// <summary>Ten k-means clusters of the embeddings, mapped one-to-one.</summary>
    /// <exception cref="ArgumentException">The outputs have no embeddings.</exception>
    public EvaluationRow StrictKMeans(ModelOutputs outputs)
    {
        (Rows known, Rows asked) = Embeddings(outputs);
        KMeansResult means =
            KMeansClustering.Fit(known, new KMeansOptions { ClusterCount = 10, Restarts = 5, Seed = seed, Threads = threads });
        return Score(outputs, "k-means", "strict", 10, means.Labels, KMeansClustering.Assign(asked, means.Centres, threads),
            ClusterMap.OneToOne,
            oneToOne);
    }

    /// <summary>
    /// What the poster's code did with the method's embeddings: ten k-means clusters mapped one-to-one for capsules, a mixture for others.
    /// </summary>
    /// <exception cref="ArgumentException">The outputs have no embeddings.</exception>
    public EvaluationRow PosterOf(ModelOutputs outputs) => outputs.Method == "capsules" ? StrictKMeans(outputs) with { Protocol = "poster" }
        : PosterMixture(outputs);

    /// <summary>A mixture with as many components as the poster's code gave the method, each named by majority vote.</summary>
    /// <exception cref="ArgumentException">The outputs have no embeddings.</exception>
    public EvaluationRow PosterMixture(ModelOutputs outputs)
    {
        (Rows known, Rows asked) = Embeddings(outputs);
        int count = Math.Min(posterComponents.GetValueOrDefault(outputs.Method, 130), known.Count);
        GaussianMixture mixture = Mixture(known, count);
        return Score(outputs, "gmm", "poster", count, mixture.Assign(known, threads), mixture.Assign(asked, threads),
            ClusterMap.MajorityVote, majority);
    }

    static (Rows Train, Rows Test) Embeddings(ModelOutputs outputs) => outputs is { Train: Rows train, Test: Rows test }
        ? (train, test)
        : throw new ArgumentException($"'{nameof(outputs)}' must have embeddings, but {outputs.Method} gives none.", nameof(outputs));

    // On the graph of nearest neighbours; ten vectors for ten digits.
    SpectralOptions Spectral(int clusterCount) => new() { ClusterCount = clusterCount, VectorCount = 10, Seed = seed, Threads = threads };

    Rows? SpectralEmbedding(ModelOutputs outputs) => outputs.Train is Rows known && known.Width <= widest
        && known.Count > Spectral(10).NeighbourCount
        ? SpectralClustering.Embed(known, Spectral(10)) : null;

    EvaluationRow SpectralRow(ModelOutputs outputs, Rows coordinates, string protocol, int k, Func<Contingency, int[]> name,
        string usesLabels)
    {
        (Rows known, Rows asked) = Embeddings(outputs);
        int[] clusters = SpectralClustering.Cluster(coordinates, Spectral(k));
        return Score(outputs, "spectral", protocol, k, clusters, SpectralClustering.Assign(asked, known, clusters, Spectral(k)), name,
            usesLabels);
    }

    IEnumerable<EvaluationRow> Strict(ModelOutputs outputs, Lazy<Rows?> coordinates)
    {
        if (outputs.TrainClusters is not null && outputs.ClusterCount == 10)
        {
            yield return Score(outputs, "own", "strict", 10, outputs.TrainClusters, outputs.TestClusters!, ClusterMap.OneToOne, oneToOne);
        }
        // A model's own clusters are one way to read its embedding among others.
        if (outputs is { Train: Rows known, Test: Rows asked })
        {
            yield return StrictKMeans(outputs);
            // A full covariance of 784 pixels per cluster is neither the poster's system nor affordable: pixels have their own method, gmm.
            if (known.Width <= widest)
            {
                GaussianMixture mixture = Mixture(known, 10);
                yield return Score(outputs, "gmm", "strict", 10, mixture.Assign(known, threads), mixture.Assign(asked, threads),
                    ClusterMap.OneToOne, oneToOne);
            }
            if (coordinates.Value is Rows spectral)
            {
                yield return SpectralRow(outputs, spectral, "strict", 10, ClusterMap.OneToOne, oneToOne);
            }
        }
    }

    IEnumerable<EvaluationRow> Poster(ModelOutputs outputs, Lazy<Rows?> coordinates)
    {
        if (outputs.TrainClusters is not null)
        {
            (Func<Contingency, int[]> name, string usesLabels) = outputs.Method == "infogan" ? (ClusterMap.OneToOne, oneToOne)
                : ((Func<Contingency, int[]>)ClusterMap.MajorityVote, majority);
            yield return Score(outputs, "own", "poster", outputs.ClusterCount, outputs.TrainClusters, outputs.TestClusters!, name,
                usesLabels);
        }
        else if (outputs is { Train.Width: <= widest })
        {
            EvaluationRow poster = PosterOf(outputs);
            yield return poster;
            if (poster.K > 10 && coordinates.Value is Rows spectral)
            {
                yield return SpectralRow(outputs, spectral, "poster", poster.K, ClusterMap.MajorityVote, majority);
            }
        }
    }

    GaussianMixture Mixture(Rows rows, int count) =>
        GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = count, Seed = seed, Threads = threads });

    EvaluationRow Score(ModelOutputs outputs, string clusterer, string protocol, int k, int[] trainClusters, int[] testClusters,
        Func<Contingency, int[]> name, string usesLabels)
    {
        var row = new EvaluationRow
        {
            Method = outputs.Method,
            Clusterer = clusterer,
            Protocol = protocol,
            K = k,
            Silhouette = SampledSilhouette(outputs.Test, testClusters, k),
            Clusters = testClusters,
            Sizes = [.. Enumerable.Range(0, k).Select(cluster => testClusters.Count(found => found == cluster))],
            Images = testClusters.Length,
            Remark = Remark(k, trainClusters, testClusters.Length),
            Seed = outputs.Seed,
            Settings = outputs.Settings,
            ModelSha256 = outputs.ModelSha256,
            Bytes = outputs.Bytes,
            TrainSeconds = outputs.TrainSeconds,
            Parameters = outputs.Parameters,
        };
        return isLabelled ? Named(row, ClusterMap.Apply(name(new Contingency(trainClusters, trainDigits, k)), testClusters), usesLabels)
            : row;
    }

    // Below five training images a cluster, majority vote names nearly every image by itself.
    string? Remark(int k, int[] trainClusters, int testCount)
    {
        const int FewImages = 5;
        int empty = k - trainClusters.Distinct().Count();
        string[] remarks =
        [
            .. train.Count < FewImages * k ? [$"{k} clusters of {train.Count} training images: the figures are not meaningful where "
                + "nearly every image has a cluster of its own"] : Array.Empty<string>(),
            .. testCount < k ? [$"{k} clusters of {testCount} test images: most clusters have none"] : Array.Empty<string>(),
            .. empty > 0 ? [$"{empty} of {k} clusters have no training image"] : Array.Empty<string>(),
            .. areApart ? Array.Empty<string>() : ["training and test images are the same"],
        ];
        return remarks.Length == 0 ? null : string.Join("; ", remarks);
    }

    EvaluationRow Named(EvaluationRow row, int[] given, string usesLabels)
    {
        var counts = new Contingency(row.Clusters, testDigits, row.K);
        return row with
        {
            UsesLabels = usesLabels,
            Accuracy = ClusteringMetrics.Accuracy(given, testDigits),
            Purity = ClusteringMetrics.Purity(counts),
            Nmi = ClusteringMetrics.NormalizedMutualInformation(counts),
            Ari = ClusteringMetrics.AdjustedRandIndex(counts),
            Ami = ClusteringMetrics.AdjustedMutualInformation(counts),
            Recall = Recall(testDigits, given),
            Confusion = Confusion(testDigits, given),
            Given = given,
        };
    }

    // Of at most 2,000 test images; a cluster that none of them is in does not count.
    double? SampledSilhouette(Rows? rows, int[] clusters, int k)
    {
        if (rows is not Rows all)
        {
            return null;
        }
        int[] taken = EvenSample.Of(all.Count, 2000);
        int[] found = [.. taken.Select(row => clusters[row])];
        return found.Distinct().Count() < 2 ? null
            : Silhouette.Of(new Rows(taken.SelectMany(row => all[row].ToArray()).ToArray(), all.Width), found, k, threads);
    }

    static double?[] Recall(int[] digits, int[] given) =>
    [
        .. Enumerable.Range(0, 10).Select(digit => digits.Contains(digit)
            ? digits.Zip(given).Count(pair => pair.First == digit && pair.Second == digit) / (double)digits.Count(known => known == digit)
            : (double?)null),
    ];

    static int[][] Confusion(int[] digits, int[] given)
    {
        int[][] table = [.. Enumerable.Range(0, 10).Select(_ => new int[10])];
        foreach ((int digit, int named) in digits.Zip(given).Where(pair => pair.Second >= 0))
        {
            table[digit][named]++;
        }
        return table;
    }

    static int[] Digits(DigitSet digits) => [.. (digits.Labels ?? []).Select(label => (int)label)];
}
