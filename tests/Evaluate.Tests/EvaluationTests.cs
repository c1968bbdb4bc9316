using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Tests;

public sealed class EvaluationTests
{
    static readonly Evaluation evaluation = new(Toys.Digits(600), Toys.Digits(200));

    [Fact]
    public void Run_SeparableRows_Strict_NamesEveryImage()
    {
        IReadOnlyList<EvaluationRow> rows = evaluation.Run(Toys.ModelOutputs(600, 200), ProtocolChoice.Strict);
        Assert.Equal([Clusterer.KMeans, Clusterer.Gmm, Clusterer.Spectral], rows.Select(row => row.Clusterer));
        Assert.All(rows, row =>
        {
            Assert.Equal((1.0, 1.0, 1.0, 10, 200), (row.Accuracy, row.Purity, row.NeighbourAccuracy, row.K, row.Images));
            Assert.Equal(1, row.Nmi!.Value, 1e-12);
            Assert.Equal(1, row.Ari!.Value, 1e-12);
            Assert.Equal("one-to-one map of clusters to classes, on training labels", row.UsesLabels);
            Assert.Equal(Enumerable.Range(0, 200).Select(i => i % 10), row.Given);
            Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal(20, row.Confusion![digit][digit]));
        });
    }

    [Fact]
    public void Run_Balanced_HasARowForClustersOfEvenSize()
    {
        var balanced = new Evaluation(Toys.Digits(600), Toys.Digits(200), new() { Balanced = true });
        IReadOnlyList<EvaluationRow> rows = balanced.Run(Toys.ModelOutputs(600, 200), ProtocolChoice.Strict);
        Assert.Equal([Clusterer.KMeans, Clusterer.Balanced, Clusterer.Gmm, Clusterer.Spectral], rows.Select(row => row.Clusterer));
        Assert.Equal(1, rows[1].Accuracy);
    }

    [Fact]
    public void Run_SeparableRows_Poster_TakesTheMajorityVote()
    {
        ModelOutputs outputs = Toys.ModelOutputs(600, 200) with { Method = "autoencoder" };
        IReadOnlyList<EvaluationRow> rows = evaluation.Run(outputs, ProtocolChoice.Poster);
        Assert.Equal([Clusterer.Gmm, Clusterer.Spectral], rows.Select(row => row.Clusterer));
        Assert.All(rows, row =>
            Assert.Equal((Protocol.Poster, 40, "majority vote of training labels in each cluster", 1),
            (row.Protocol, row.K, row.UsesLabels, row.Accuracy)));
    }

    // 126 images under the poster's protocol make 126 clusters of one image each, and 100 %.
    [Fact]
    public void Run_AsManyClustersAsImages_SaysThatFiguresSayLittle()
    {
        var few = new Evaluation(Toys.Digits(126), Toys.Digits(126));
        IReadOnlyList<EvaluationRow> rows = few.Run(Toys.ModelOutputs(126, 126) with { Method = "moco" }, ProtocolChoice.Both);
        Assert.All(rows, row => Assert.EndsWith("training and test images are the same", row.Remark, StringComparison.Ordinal));
        EvaluationRow poster = rows.First(row => row.Protocol == Protocol.Poster);
        Assert.StartsWith("126 clusters of 126 training images: the figures are not meaningful where nearly "
            + "every image has a cluster of its own",
            poster.Remark);
        Assert.All(evaluation.Run(Toys.ModelOutputs(600, 200), ProtocolChoice.Strict), row => Assert.Null(row.Remark));
        Assert.Contains("nearly every image has a cluster of its own",
            Report.MarkdownReport.Text(new(Toys.Digits(126), Toys.Digits(126), new Dictionary<string, string>()), rows),
                StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OwnTenClusters_AreUsedAsTheyAre()
    {
        // Clusters are digits renamed, but for one training and two test images.
        int[] train = [.. Enumerable.Range(0, 600).Select(i => (i * 3 + 1) % 10)],
            test = [.. Enumerable.Range(0, 200).Select(i => (i * 3 + 1) % 10)];
        (train[0], test[0], test[1]) = (5, 5, 5);
        EvaluationRow row =
            Assert.Single(evaluation.Run(new ModelOutputs
            {
                Method = "kmeans",
                TrainClusters = train,
                TestClusters = test,
                ClusterCount = 10
            },
            ProtocolChoice.Strict));
        Assert.Equal((Clusterer.Own, 10), (row.Clusterer, row.K));
        Assert.Equal(198 / 200.0, row.Accuracy);
        // cluster 5 holds the eights: 8 * 3 + 1 = 25
        Assert.Equal((19, 1, 1), (row.Confusion![0][0], row.Confusion[0][8], row.Confusion[1][8]));
        Assert.Null(row.NeighbourAccuracy);
    }

    /// <summary>
    /// The twos fill two clusters, half each, and threes and fours share one: a vote calls both by two, a map one of them.
    /// </summary>
    [Fact]
    public void Run_OwnClustersOfInfoGan_PosterTooIsOneToOne()
    {
        int[] train = Clusters(600), test = Clusters(200);
        var outputs = new ModelOutputs { Method = "infogan", TrainClusters = train, TestClusters = test, ClusterCount = 10 };
        IReadOnlyList<EvaluationRow> rows = evaluation.Run(outputs, ProtocolChoice.Both);
        Assert.Equal([Protocol.Strict, Protocol.Poster], rows.Select(row => row.Protocol));
        Assert.All(rows, row =>
            Assert.Equal((0.85, "one-to-one map of clusters to classes, on training labels"), (row.Accuracy, row.UsesLabels)));
        Assert.Equal(0.9, Assert.Single(evaluation.Run(outputs with { Method = "kmeans" }, ProtocolChoice.Poster)).Accuracy);

        static int[] Clusters(int count) =>
            [.. Enumerable.Range(0, count).Select(i =>
            (i % 10) switch { 2 => i / 10 % 2 == 0 ? 2 : 3, 3 => 4, 4 => 4, int digit => digit })];
    }

    [Fact]
    public void Run_Cancelled_Stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
        evaluation.Run(Toys.ModelOutputs(600, 200), ProtocolChoice.Strict, cancellation: new CancellationToken(true)));

    [Fact]
    public void Run_OwnClustersAndEmbedding_ShowsBothWays()
    {
        int[] train = [.. Enumerable.Range(0, 600).Select(i => i % 10)], test = [.. Enumerable.Range(0, 200).Select(i => i % 10)];
        ModelOutputs outputs = Toys.ModelOutputs(600, 200) with { TrainClusters = train, TestClusters = test, ClusterCount = 10 };
        Assert.Equal([Clusterer.Own, Clusterer.KMeans, Clusterer.Gmm, Clusterer.Spectral],
            evaluation.Run(outputs, ProtocolChoice.Strict).Select(row => row.Clusterer));
    }

    [Fact]
    public void Run_OwnThirtyClusters_HaveNoStrictRowAndAVotedPosterRow()
    {
        int[] train = [.. Enumerable.Range(0, 600).Select(i => i % 30)], test = [.. Enumerable.Range(0, 200).Select(i => i % 30)];
        EvaluationRow row =
            Assert.Single(evaluation.Run(new ModelOutputs
            {
                Method = "kmeans",
                TrainClusters = train,
                TestClusters = test,
                ClusterCount = 30
            },
            ProtocolChoice.Both));
        Assert.Equal((Protocol.Poster, 30, 1.0, 1.0), (row.Protocol, row.K, row.Accuracy, row.Purity));
    }

    [Fact]
    public void Run_MajorityVote_LearnsItsMapFromTheTrainingLabels()
    {
        // Every training image lies in cluster 3, where 0 is as common as the others: all test images are named 0.
        var outputs = new ModelOutputs { Method = "kmeans", TrainClusters = new int[600], TestClusters = new int[200], ClusterCount = 30 };
        EvaluationRow row = Assert.Single(evaluation.Run(outputs, ProtocolChoice.Poster));
        Assert.Equal(0.1, row.Accuracy!.Value, 1e-12);
        Assert.All(row.Given, digit => Assert.Equal(0, digit));
    }

    [Fact]
    public void Run_ClusterWithoutDigit_CountsAsWrong()
    {
        // Eleven clusters for ten digits under the one-to-one map cannot arise in strict; a cluster seen only in the test images can.
        int[] train = [.. Enumerable.Range(0, 600).Select(i => i % 10 == 9 ? 8 : i % 10)],
            test = [.. Enumerable.Range(0, 200).Select(i => i % 10)];
        EvaluationRow row =
            Assert.Single(evaluation.Run(new ModelOutputs
            {
                Method = "kmeans",
                TrainClusters = train,
                TestClusters = test,
                ClusterCount = 10
            },
            ProtocolChoice.Strict));
        Assert.Equal(200, row.Given.Length);
        Assert.Equal(Enumerable.Range(0, 200).Count(i => row.Given[i] == i % 10) / 200.0, row.Accuracy);
    }

    static readonly Lazy<EvaluationRow> ofOneThread = new(() => OfPixels(1));

    static EvaluationRow OfPixels(int threads)
    {
        ImageSet train = StrokeDigits.Draw(300, 1), test = StrokeDigits.Draw(100, 2);
        return new Evaluation(train, test, new() { Threads = threads }).Run(ModelOutputs.RawPixels(train, test), ProtocolChoice.Strict)[0];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_AnyThreadCount_GivesTheSameFigures(int threads)
    {
        EvaluationRow one = ofOneThread.Value, other = OfPixels(threads);
        Assert.Equal((one.Accuracy, one.Nmi, one.Ari, one.NeighbourAccuracy),
            (other.Accuracy, other.Nmi, other.Ari, other.NeighbourAccuracy));
        Assert.Equal(one.Given, other.Given);
    }
}
