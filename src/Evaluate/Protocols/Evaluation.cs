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
/// Evaluates subjects under the protocols of docs/decisions/0001-contract.md. Clusterers are fitted on the training images without labels;
/// the map from clusters to digits is fitted on the training labels; all figures are of the test images. Where either has no labels, the
/// figures that need none remain; where both are the same images, neighbours and linear probe are left out.
/// </summary>
/// <param name="train">Training images, at least ten.</param>
/// <param name="test">Test images, at least one.</param>
/// <param name="seed">Seed of the clusterers.</param>
/// <param name="threads">Threads; 0 takes all processors. No figure depends on it.</param>
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

    /// <summary>The rows of one subject, with its neighbour and linear accuracy in each.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, between two rows.</exception>
    public IReadOnlyList<EvaluationRow> Run(Subject subject, ProtocolChoice choice, CancellationToken cancellation = default)
    {
        double[]? neighbours = isLabelled && areApart && subject is { Train: Rows known, Test: Rows asked }
            ? NearestNeighbours.Accuracy(known, trainDigits, asked, testDigits, [20, 200], threads: threads)
            : null;
        double? linear = isLabelled && areApart && subject is { Train: not null, Test: not null } ? Linear(subject) : null;
        EmbeddingGeometry? geometry = subject.Test is Rows spread && spread.Width <= widest
            ? EmbeddingGeometry.Of(spread, isLabelled ? testDigits : [], threads) : null;
        var places = new Lazy<Rows?>(() => Places(subject));
        var rows = new List<EvaluationRow>();
        foreach (EvaluationRow row in (choice != ProtocolChoice.Poster ? Strict(subject, places) : [])
            .Concat(choice != ProtocolChoice.Strict ? Poster(subject, places) : []))
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
    /// <exception cref="ArgumentException">The subject has no embeddings.</exception>
    /// <exception cref="InvalidDataException">The data has no labels.</exception>
    public double Linear(Subject subject)
    {
        (Rows known, Rows asked) = Embeddings(subject);
        if (!isLabelled)
        {
            throw new InvalidDataException("The linear probe learns from labels, and the data has none; give labelled images.");
        }
        return LinearProbe.Accuracy(known, trainDigits, asked, testDigits, seed, device);
    }

    /// <summary>Ten k-means clusters of the embeddings, mapped one-to-one.</summary>
    /// <exception cref="ArgumentException">The subject has no embeddings.</exception>
    public EvaluationRow StrictKMeans(Subject subject)
    {
        (Rows known, Rows asked) = Embeddings(subject);
        KMeansResult means =
            KMeansClustering.Fit(known, new KMeansOptions { ClusterCount = 10, Restarts = 5, Seed = seed, Threads = threads });
        return Score(subject, "k-means", "strict", 10, means.Labels, KMeansClustering.Assign(asked, means.Centres, threads),
            ClusterMap.OneToOne,
            oneToOne);
    }

    /// <summary>
    /// What the poster's code did with the method's embeddings: ten k-means clusters mapped one-to-one for capsules, a mixture for others.
    /// </summary>
    /// <exception cref="ArgumentException">The subject has no embeddings.</exception>
    public EvaluationRow PosterOf(Subject subject) => subject.Method == "capsules" ? StrictKMeans(subject) with { Protocol = "poster" }
        : PosterMixture(subject);

    /// <summary>A mixture with as many components as the poster's code gave the method, each named by majority vote.</summary>
    /// <exception cref="ArgumentException">The subject has no embeddings.</exception>
    public EvaluationRow PosterMixture(Subject subject)
    {
        (Rows known, Rows asked) = Embeddings(subject);
        int count = Math.Min(posterComponents.GetValueOrDefault(subject.Method, 130), known.Count);
        GaussianMixture mixture = Mixture(known, count);
        return Score(subject, "gmm", "poster", count, mixture.Assign(known, threads), mixture.Assign(asked, threads),
            ClusterMap.MajorityVote, majority);
    }

    static (Rows Train, Rows Test) Embeddings(Subject subject) => subject is { Train: Rows train, Test: Rows test }
        ? (train, test)
        : throw new ArgumentException($"'{nameof(subject)}' must have embeddings, but {subject.Method} gives none.", nameof(subject));

    // On the graph of nearest neighbours; ten vectors for ten digits.
    SpectralOptions Spectral(int clusterCount) => new() { ClusterCount = clusterCount, VectorCount = 10, Seed = seed, Threads = threads };

    Rows? Places(Subject subject) => subject.Train is Rows known && known.Width <= widest && known.Count > Spectral(10).NeighbourCount
        ? SpectralClustering.Places(known, Spectral(10)) : null;

    EvaluationRow SpectralRow(Subject subject, Rows places, string protocol, int k, Func<Contingency, int[]> name, string usesLabels)
    {
        (Rows known, Rows asked) = Embeddings(subject);
        int[] clusters = SpectralClustering.Cluster(places, Spectral(k));
        return Score(subject, "spectral", protocol, k, clusters, SpectralClustering.Assign(asked, known, clusters, Spectral(k)), name,
            usesLabels);
    }

    IEnumerable<EvaluationRow> Strict(Subject subject, Lazy<Rows?> places)
    {
        if (subject.TrainClusters is not null && subject.ClusterCount == 10)
        {
            yield return Score(subject, "own", "strict", 10, subject.TrainClusters, subject.TestClusters!, ClusterMap.OneToOne, oneToOne);
        }
        // A model's own clusters are one way to read its embedding among others.
        if (subject is { Train: Rows known, Test: Rows asked })
        {
            yield return StrictKMeans(subject);
            // A full covariance of 784 pixels per cluster is neither the poster's system nor affordable: pixels have their own method, gmm.
            if (known.Width <= widest)
            {
                GaussianMixture mixture = Mixture(known, 10);
                yield return Score(subject, "gmm", "strict", 10, mixture.Assign(known, threads), mixture.Assign(asked, threads),
                    ClusterMap.OneToOne, oneToOne);
            }
            if (places.Value is Rows spectral)
            {
                yield return SpectralRow(subject, spectral, "strict", 10, ClusterMap.OneToOne, oneToOne);
            }
        }
    }

    IEnumerable<EvaluationRow> Poster(Subject subject, Lazy<Rows?> places)
    {
        if (subject.TrainClusters is not null)
        {
            (Func<Contingency, int[]> name, string usesLabels) = subject.Method == "infogan" ? (ClusterMap.OneToOne, oneToOne)
                : ((Func<Contingency, int[]>)ClusterMap.MajorityVote, majority);
            yield return Score(subject, "own", "poster", subject.ClusterCount, subject.TrainClusters, subject.TestClusters!, name,
                usesLabels);
        }
        else if (subject is { Train.Width: <= widest })
        {
            EvaluationRow poster = PosterOf(subject);
            yield return poster;
            if (poster.K > 10 && places.Value is Rows spectral)
            {
                yield return SpectralRow(subject, spectral, "poster", poster.K, ClusterMap.MajorityVote, majority);
            }
        }
    }

    GaussianMixture Mixture(Rows rows, int count) =>
        GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = count, Seed = seed, Threads = threads });

    EvaluationRow Score(Subject subject, string clusterer, string protocol, int k, int[] trainClusters, int[] testClusters,
        Func<Contingency, int[]> name, string usesLabels)
    {
        var row = new EvaluationRow
        {
            Method = subject.Method,
            Clusterer = clusterer,
            Protocol = protocol,
            K = k,
            Silhouette = SampledSilhouette(subject.Test, testClusters, k),
            Clusters = testClusters,
            Sizes = [.. Enumerable.Range(0, k).Select(cluster => testClusters.Count(found => found == cluster))],
            Images = testClusters.Length,
            Remark = Remark(k, trainClusters, testClusters.Length),
            Seed = subject.Seed,
            Settings = subject.Settings,
            ModelSha256 = subject.ModelSha256,
            Bytes = subject.Bytes,
            TrainSeconds = subject.TrainSeconds,
            Parameters = subject.Parameters,
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
            .. train.Count < FewImages * k ? [$"{k} clusters of {train.Count} training images: figures say little where nearly every "
                + "image has a cluster of its own"] : Array.Empty<string>(),
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
