using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Protocols;

/// <summary>Clusters of the training images [N] and of the test images [M].</summary>
/// <param name="Train">From which the names of the clusters come.</param>
/// <param name="Test">Which are scored.</param>
sealed record ClusterPair(int[] Train, int[] Test);

/// <summary>Scores clusters of the test images: the figures of one row.</summary>
sealed class RowScore
{
    // Test images of the silhouette, which measures all pairs.
    const int SilhouetteImages = 2000;

    // Training images of a cluster below which majority vote names nearly every image by itself.
    const int FewImages = 5;

    readonly ImageSet train;
    readonly int threads;
    readonly IReadOnlyList<string> coverage;

    /// <exception cref="InvalidDataException">There are too few images.</exception>
    public RowScore(EvaluationSets sets, int threads, int strictClusters)
    {
        (ImageSet train, ImageSet test, string? left) = sets;
        if (train.Count < strictClusters)
        {
            throw new InvalidDataException($"'{train.Name}': expected at least {strictClusters} training images to make "
                + $"{strictClusters} clusters of, found {train.Count}; give more images, or a smaller --k.");
        }
        if (test.Count < 1)
        {
            throw new InvalidDataException($"'{test.Name}': expected test images to score, found none; give more images.");
        }
        (this.train, this.threads) = (train, threads);
        Classes = ImageClasses.OfBoth(train, test);
        (TrainLabels, TestLabels) = (train.Labels ?? [], test.Labels ?? []);
        AreApart = train.Sha256 != test.Sha256;
        coverage = [.. Classes is null ? [] : ClassCoverage.Remarks(train, test, Classes)];
        coverage = left is null ? coverage : [.. coverage, left];
    }

    /// <summary>Classes of the training images, [N]; empty without labels.</summary>
    public int[] TrainLabels { get; }

    /// <summary>Classes of the test images, [M]; empty without labels.</summary>
    public int[] TestLabels { get; }

    /// <summary>
    /// Whether training and test images differ. Where a source has no parts, they are the same: each image is its own nearest neighbour,
    /// and the linear probe has seen its class.
    /// </summary>
    public bool AreApart { get; }

    /// <summary>What the labels count; null where not both have some.</summary>
    public ImageClasses? Classes { get; }

    /// <summary>Whether both have labels.</summary>
    public bool IsLabelled => Classes is not null;

    /// <summary>The row of a model's clusters.</summary>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="recipe">How the clusters were made and are named.</param>
    /// <param name="clusters">The clusters, each in [0..K).</param>
    public EvaluationRow Of(ModelOutputs outputs, Recipe recipe, ClusterPair clusters)
    {
        int k = recipe.ClusterCount;
        var row = new EvaluationRow
        {
            Method = outputs.Method,
            Clusterer = recipe.Clusterer,
            Protocol = recipe.Protocol,
            K = k,
            Silhouette = SampledSilhouette(outputs.Test, clusters.Test, k),
            Clusters = clusters.Test,
            Sizes = Sizes(clusters.Test, k),
            Images = clusters.Test.Length,
            Remark = Remark(k, clusters),
            Seed = outputs.Seed,
            Settings = outputs.Settings,
            ModelSha256 = outputs.ModelSha256,
            Bytes = outputs.Bytes,
            TrainSeconds = outputs.TrainSeconds,
            Parameters = outputs.Parameters,
        };
        if (Classes is not { Count: int classCount })
        {
            return row;
        }
        var known = new Contingency(clusters.Train, TrainLabels, k, classCount);
        int[] given = ClusterMap.Apply(recipe.Naming.Map(known), clusters.Test);
        var counts = new Contingency(clusters.Test, TestLabels, k, classCount);
        return row with
        {
            UsesLabels = recipe.Naming.UsesLabels,
            Accuracy = ClusteringMetrics.Accuracy(given, TestLabels),
            MajorityVote = recipe.Naming == ClusterNaming.OneToOne && k > classCount
                ? ClusteringMetrics.Accuracy(ClusterMap.Apply(ClusterMap.MajorityVote(known), clusters.Test), TestLabels) : null,
            Purity = ClusteringMetrics.Purity(counts),
            Nmi = ClusteringMetrics.NormalizedMutualInformation(counts),
            Ari = ClusteringMetrics.AdjustedRandIndex(counts),
            Ami = ClusteringMetrics.AdjustedMutualInformation(counts),
            Homogeneity = ClusteringMetrics.Homogeneity(counts),
            Completeness = ClusteringMetrics.Completeness(counts),
            Recall = Recall(given, classCount),
            Confusion = classCount <= EvaluationRow.MostConfusionClasses ? Confusion(given, classCount) : null,
            ConfusionCells = classCount <= EvaluationRow.MostConfusionClasses ? null : ConfusionCells(given),
            Given = given,
        };
    }

    string? Remark(int k, ClusterPair clusters)
    {
        int empty = k - clusters.Train.Distinct().Count();
        string[] remarks =
        [
            .. train.Count < FewImages * k ? [$"{k} clusters of {train.Count} training images: the figures are not meaningful where "
                + "nearly every image has a cluster of its own"] : Array.Empty<string>(),
            .. clusters.Test.Length < k ? [$"{k} clusters of {clusters.Test.Length} test images: most clusters have none"]
                : Array.Empty<string>(),
            .. empty > 0 ? [$"{empty} of {k} clusters have no training image"] : Array.Empty<string>(),
            .. coverage,
            .. AreApart ? Array.Empty<string>() : ["training and test images are the same"],
        ];
        return remarks.Length == 0 ? null : string.Join("; ", remarks);
    }

    // Of a sample of the test images; a cluster that none of them is in does not count.
    double? SampledSilhouette(Rows? rows, int[] clusters, int k)
    {
        if (rows is not Rows all)
        {
            return null;
        }
        int[] taken = EvenSample.Of(all.Count, SilhouetteImages);
        int[] found = [.. taken.Select(row => clusters[row])];
        return found.Distinct().Count() < 2 ? null
            : Silhouette.Of(new Rows(taken.SelectMany(row => all[row].ToArray()).ToArray(), all.Width), found, k, threads);
    }

    static int[] Sizes(int[] groups, int count)
    {
        int[] sizes = new int[count];
        foreach (int group in groups)
        {
            sizes[group]++;
        }
        return sizes;
    }

    double?[] Recall(int[] given, int classCount)
    {
        int[] sizes = Sizes(TestLabels, classCount), right = new int[classCount];
        for (int image = 0; image < given.Length; image++)
        {
            right[TestLabels[image]] += given[image] == TestLabels[image] ? 1 : 0;
        }
        return [.. sizes.Select((size, label) => size == 0 ? (double?)null : right[label] / (double)size)];
    }

    int[][] Confusion(int[] given, int classCount)
    {
        int[][] table = [.. Enumerable.Range(0, classCount).Select(_ => new int[classCount])];
        for (int image = 0; image < given.Length; image++)
        {
            if (given[image] >= 0)
            {
                table[TestLabels[image]][given[image]]++;
            }
        }
        return table;
    }

    int[][] ConfusionCells(int[] given)
    {
        List<int[]> cells = [];
        int[] order = [.. Enumerable.Range(0, given.Length)];
        Array.Sort(order, (a, b) => TestLabels[a] != TestLabels[b] ? TestLabels[a] - TestLabels[b] : given[a] - given[b]);
        foreach (int image in order)
        {
            if (given[image] >= 0 && (cells.Count == 0 || cells[^1][0] != TestLabels[image] || cells[^1][1] != given[image]))
            {
                cells.Add([TestLabels[image], given[image], 0]);
            }
            if (given[image] >= 0)
            {
                cells[^1][2]++;
            }
        }
        return [.. cells];
    }
}
