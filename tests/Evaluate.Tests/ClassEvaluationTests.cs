using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Evaluate.Fusion;
using Toolchain.Evaluate.Protocols;
using Toolchain.Evaluate.Report;

namespace Toolchain.Evaluate.Tests;

/// <summary>Data of other classes than digits: K is what the labels count, names are those of the data, the poster has no rows.</summary>
public sealed class ClassEvaluationTests
{
    static readonly string[] names = ["apple", "fig & <date>", "kiwi", "lemon", "pear"];

    [Fact]
    public void Run_FiveClasses_StrictMakesFiveClustersAndThePosterNone()
    {
        IReadOnlyList<EvaluationRow> rows = Fruits().Run(Outputs(5), ProtocolChoice.Both);
        Assert.Equal([Clusterer.KMeans, Clusterer.Gmm, Clusterer.Spectral], rows.Select(row => row.Clusterer));
        Assert.All(rows, row =>
        {
            Assert.Equal((Protocol.Strict, 5, 1.0, 1.0, 1.0), (row.Protocol, row.K, row.Accuracy, row.NeighbourAccuracy, row.Linear));
            Assert.Equal((5, 5, 40), (row.Recall!.Length, row.Confusion!.Length, row.Confusion[4][4]));
            Assert.Null(row.MajorityVote);
        });
    }

    [Theory]
    [InlineData(26)]
    [InlineData(120)]
    public void Run_ManyClasses_NeighboursAndProbeNameThem(int classCount)
    {
        ImageSet train = Set(3 * classCount, classCount, null), test = Set(classCount, classCount, null);
        ModelOutputs outputs = Outputs(classCount) with
        {
            Train = Corners(3 * classCount, classCount, 1),
            Test = Corners(classCount, classCount, 2),
        };
        EvaluationRow row = new Evaluation(train, test).Run(outputs, ProtocolChoice.Strict)[0];
        Assert.Equal((classCount, 1.0, 1.0), (row.K, row.NeighbourAccuracy, row.Linear));
    }

    // Of 101 classes the table would have 10,201 cells, nearly all zero.
    [Fact]
    public void Run_MoreClassesThanATableShows_ListsTheCellsThatOccur()
    {
        const int classCount = 101;
        string[] names = [.. Enumerable.Range(0, classCount).Select(label => $"c{label}")];
        (ImageSet train, ImageSet test) = (Set(3 * classCount, classCount, names), Set(2 * classCount, classCount, names));
        int[] clusters = [.. Enumerable.Range(0, 2 * classCount).Select(i => i == 1 ? 100 : i % classCount)];
        var outputs = new ModelOutputs
        {
            Method = "toy",
            TrainClusters = [.. Enumerable.Range(0, 3 * classCount).Select(i => i % classCount)],
            TestClusters = clusters,
            ClusterCount = classCount,
            ModelSha256 = new('a', 64),
        };
        EvaluationRow row = Assert.Single(new Evaluation(train, test).Run(outputs, ProtocolChoice.Strict));
        Assert.Null(row.Confusion);
        Assert.Equal((102, 2 * classCount), (row.ConfusionCells!.Length, row.ConfusionCells.Sum(cell => cell[2])));
        Assert.Equal([[0, 0, 2], [1, 1, 1], [1, 100, 1], [2, 2, 2]], row.ConfusionCells[..4]);
        Assert.Equal((0.5, 1.0), (row.Recall![1]!.Value, row.Recall[100]!.Value));
        string metrics = MetricsFile.Text(test, [row], train.Classes);
        Assert.Contains("\n        [1,100,1],\n        [2,2,2],\n", metrics.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(row.ConfusionCells, JsonSerializer.Deserialize<int[][]>(JsonDocument.Parse(metrics).RootElement.GetProperty("rows")[0]
            .GetProperty("confusion_cells")));
        Assert.InRange(metrics.Length, 1, 10_000);
        var context = new ReportContext(train, test, new Dictionary<string, string>());
        string page = HtmlReport.Text(context, [row], [new ReportedModel(outputs, null, new([], []))]);
        Assert.Contains("Most confused: c1 as c100: 1.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"confusion\"", page, StringComparison.Ordinal);
        Assert.Contains("\n| c1 as c100: 1 |\n", MarkdownReport.Text(context, [row]), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_OfAFewClasses_HasTheirConfusion()
    {
        EvaluationRow[] rows = [.. Fruits().Run(Outputs(5), ProtocolChoice.Both)];
        rows[^1] = rows[^1] with { Confusion = [[39, 1, 0, 0, 0], .. rows[^1].Confusion![1..]] };
        string text = MarkdownReport.Text(Context(), rows).ReplaceLineEndings("\n");
        Assert.Contains("\n## Confusion of toy, 5 clusters, spectral\n\n| true class | apple | fig &amp; &lt;date&gt; | kiwi | lemon | "
            + "pear | right |\n|---|---|---|---|---|---|---|\n| apple | 39 | 1 | 0 | 0 | 0 | 100.00 % |\n", text, StringComparison.Ordinal);
    }

    // Six clusters are the five classes and a second one of the last.
    [Fact]
    public void Run_MoreClustersThanClasses_OneToOneLeavesSomeAndTheVoteStandsBeside()
    {
        int[] Clusters(int count) => [.. Enumerable.Range(0, count).Select(i => i % 5 == 4 && i / 5 % 4 == 0 ? 5 : i % 5)];
        ModelOutputs outputs = new() { Method = "kmeans", TrainClusters = Clusters(600), TestClusters = Clusters(200), ClusterCount = 6 };
        EvaluationRow row = Assert.Single(Fruits().Run(outputs, ProtocolChoice.Both));
        Assert.Equal((Protocol.Strict, 6, 0.95, 1.0), (row.Protocol, row.K, row.Accuracy, row.MajorityVote));
        Assert.Equal(-1, row.Given[4]);
        Assert.Contains("95.00 % (majority vote 100.00 %)", MarkdownReport.Text(Context(), [row]), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FewerClustersThanClasses_LeavesClassesUnnamed()
    {
        EvaluationRow row = Fruits(3).Run(Outputs(5), ProtocolChoice.Strict)[0];
        Assert.Equal((3, 3), (row.K, row.Given.Distinct().Count()));
        Assert.Equal(0.6, row.Accuracy!.Value, 1e-12);
        Assert.Null(row.MajorityVote);
    }

    [Fact]
    public void Run_PosterAlone_IsRefusedForOtherClasses()
    {
        Assert.Equal("--protocol poster: expected digits 0..9, for which the poster's numbers of clusters are, found 5 other classes; take "
            + "--protocol strict.", Assert.Throws<ArgumentException>(() => Fruits().Run(Outputs(5), ProtocolChoice.Poster)).Message);
        Evaluation bare = new(Set(600, 0, null), Set(200, 0, null), new() { ClusterCount = 4 });
        Assert.Equal("--protocol poster: expected digits 0..9, for which the poster's numbers of clusters are, found data without labels; "
            + "take --protocol strict.", Assert.Throws<ArgumentException>(() => bare.Run(Outputs(5), ProtocolChoice.Poster)).Message);
        Assert.All(bare.Run(Outputs(5), ProtocolChoice.Both), row => Assert.Equal((4, (double?)null), (row.K, row.Accuracy)));
    }

    [Fact]
    public void Constructor_FewerImagesThanClasses_IsRefused() =>
        Assert.Equal("'fruits': expected at least 5 training images to make 5 clusters of, found 4; give more images, or a smaller --k.",
            Assert.Throws<InvalidDataException>(() => new Evaluation(Set(4, 5, names), Set(4, 5, names), new() { ClusterCount = 5 }))
                .Message);

    // Ten clusters of digits are matched one to one also where a digit has no image; a vote would call two clusters 0.
    [Fact]
    public void Map_OfDigitsThatLackOne_IsOneToOne()
    {
        int[] clusters = [.. Enumerable.Range(0, 40).Select(i => i % 10)], labels = [.. clusters.Select(cluster => cluster % 9)];
        ImageSet data = new("digits", Split.Train, new byte[40 * ImageShape.Mnist.Size],
            new() { Labels = labels, Classes = ImageClasses.Digits });
        Dictionary<string, string> metadata = [];
        ClusterDigits.Fit(metadata, clusters, 10, data);
        int[] map = JsonSerializer.Deserialize<int[]>(metadata[ModelKeys.ClusterDigits])!;
        Assert.Equal(10, map.Distinct().Count());
    }

    // Labels 3, 5 and 8 reach nine classes, and 9 is in the test images alone.
    [Fact]
    public void Run_ClassesWithoutImages_MakeNoClusters()
    {
        static ImageSet Of(params int[] labels) => new("gaps", Split.Test, [.. Enumerable.Range(0, 60 * ImageShape.Mnist.Size)
            .Select(i => (byte)(i / ImageShape.Mnist.Size))],
            new() { Labels = [.. Enumerable.Range(0, 60).Select(i => labels[i % labels.Length])], Classes = new(11) });
        ModelOutputs outputs = Outputs(3) with { Train = Corners(60, 3, 1), Test = Corners(60, 3, 2) };
        EvaluationRow row = new Evaluation(Of(3, 5, 8), Of(3, 5, 8)).Run(outputs, ProtocolChoice.Strict)[0];
        Assert.Equal((3, 1.0, "training and test images are the same"), (row.K, row.Accuracy, row.Remark));
        row = new Evaluation(Of(3, 5, 8), Of(3, 9)).Run(outputs, ProtocolChoice.Strict)[0];
        Assert.Equal("1 of 2 test classes have no training image (9): none of their images can be right", row.Remark);
        Assert.Equal("all test images are of one class (5): any answer is right",
            new Evaluation(Of(3, 5, 8), Of(5)).Run(outputs, ProtocolChoice.Strict)[0].Remark);
    }

    [Fact]
    public void Reports_OfNamedClasses_NameThem()
    {
        ModelOutputs outputs = Outputs(5);
        IReadOnlyList<EvaluationRow> rows = Fruits().Run(outputs, ProtocolChoice.Both);
        rows = [.. rows.Select(row => row with { Confusion = [[39, 1, 0, 0, 0], .. row.Confusion![1..]] })];
        string page = HtmlReport.Text(Context(), rows, [new ReportedModel(outputs, TsnePlot.Of(outputs, 200), new([], []))]);
        Assert.Contains("<h1>Unsupervised classes of fruits</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"col\">fig &amp; &lt;date&gt;</th>", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">pear</th>", page, StringComparison.Ordinal);
        Assert.Contains("Most confused: apple as fig &amp; &lt;date&gt;: 1.", page, StringComparison.Ordinal);
        Assert.Contains("<option value=\"2\">kiwi</option>", page, StringComparison.Ordinal);
        Assert.Contains("aria-pressed=\"false\">lemon</button>", page, StringComparison.Ordinal);
        Assert.Contains("Rows: apple, fig &amp; &lt;date&gt;, kiwi, lemon, pear.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("digit", page, StringComparison.Ordinal);
        Assert.DoesNotContain("poster", page.Split("</style>")[1], StringComparison.Ordinal);
        Assert.DoesNotContain("<date>", page, StringComparison.Ordinal);
        JsonElement dataset = JsonDocument.Parse(MetricsFile.Text(Set(200, 5, names), rows, Context().Classes)).RootElement
            .GetProperty("dataset");
        Assert.Equal(names, dataset.GetProperty("classes").EnumerateArray().Select(name => name.GetString()!));
    }

    static Evaluation Fruits(int? clusterCount = null) => new(Set(600, 5, names), Set(200, 5, names),
        new() { ClusterCount = clusterCount });

    static ReportContext Context() => new(Set(600, 5, names), Set(200, 5, names), new Dictionary<string, string>());

    // Image i is of class i mod K; without classes, of none.
    static ImageSet Set(int count, int classCount, string[]? names)
    {
        byte[] pixels = [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Repeat((byte)i, ImageShape.Mnist.Size))];
        int[]? labels = classCount == 0 ? null : [.. Enumerable.Range(0, count).Select(i => i % classCount)];
        return new("fruits", Split.Test, pixels,
            new() { Labels = labels, Classes = classCount == 0 ? null : new(classCount, names) });
    }

    static ModelOutputs Outputs(int classCount) =>
        new() { Method = "toy", Train = Corners(600, classCount, 1), Test = Corners(200, classCount, 2), ModelSha256 = new('a', 64) };

    static Rows Corners(int count, int classCount, int sample)
    {
        var random = new RandomStream(3, "corners", sample: sample);
        var values = new float[count * classCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (i / classCount % classCount == i % classCount ? 10 : 0) + (float)random.NextNormal() / 10;
        }
        return new(values, classCount);
    }
}
