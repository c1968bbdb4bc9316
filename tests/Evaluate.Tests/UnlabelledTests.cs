using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Tests;

/// <summary>Data that has less than an evaluation would like: a stated result or a clear line, never a wrong figure.</summary>
public sealed class UnlabelledTests
{
    static readonly Lazy<IReadOnlyList<EvaluationRow>> labelled = new(() =>
        new Evaluation(Toys.Digits(600), Toys.Digits(200)).Run(Toys.ModelOutputs(600, 200), ProtocolChoice.Both));

    static ImageSet Bare(int count) => new("bare", Split.Test, Toys.Digits(count).Pixels);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Run_LabelsMissing_KeepsTheFiguresThatNeedNone(bool trainHasLabels, bool testHasLabels)
    {
        ImageSet train = trainHasLabels ? Toys.Digits(600) : Bare(600), test = testHasLabels ? Toys.Digits(200) : Bare(200);
        IReadOnlyList<EvaluationRow> rows = new Evaluation(train, test).Run(Toys.ModelOutputs(600, 200), ProtocolChoice.Both);
        Assert.Equal([Clusterer.KMeans, Clusterer.Gmm, Clusterer.Spectral, Clusterer.Gmm, Clusterer.Spectral],
            rows.Select(row => row.Clusterer));
        Assert.All(rows.Zip(labelled.Value), pair =>
        {
            EvaluationRow row = pair.First;
            Assert.All(new[] { row.Accuracy, row.Purity, row.Nmi, row.Ari, row.Ami, row.NeighbourAccuracy, row.NeighbourAccuracy200,
                row.Linear, row.Alignment }, figure => Assert.Null(figure));
            Assert.Null(row.Confusion);
            Assert.Null(row.Recall);
            Assert.Equal("nothing: the data has no labels", row.UsesLabels);
            Assert.Equal((pair.Second.Silhouette, pair.Second.EffectiveRank, pair.Second.Uniformity, pair.Second.Images),
                (row.Silhouette, row.EffectiveRank, row.Uniformity, row.Images));
            Assert.NotNull(row.Silhouette);
            Assert.Equal(pair.Second.Sizes, row.Sizes);
            Assert.Equal(pair.Second.Clusters, row.Clusters);
        });
    }

    [Fact]
    public void Run_OneDigit_HasStatedFigures()
    {
        static ImageSet Threes(int count) => new("threes", Split.Test, Toys.Digits(count).Pixels,
            new() { Labels = [.. Enumerable.Repeat(3, count)], Classes = ImageClasses.Digits });
        IReadOnlyList<EvaluationRow> rows = new Evaluation(Threes(600), Threes(200))
            .Run(Toys.ModelOutputs(600, 200), ProtocolChoice.Strict);
        Assert.All(rows, row =>
        {
            // One cluster of ten gets the digit; clusters tell nothing of it.
            Assert.Equal((0.1, 1.0, 0.0, 0.0, 1.0, 1.0),
                (row.Accuracy!.Value, row.Purity!.Value, Math.Round(row.Nmi!.Value, 12), Math.Round(row.Ari!.Value, 12),
                row.NeighbourAccuracy!.Value, row.Linear!.Value));
            Assert.Equal(0.1, row.Recall![3]);
            Assert.All(Enumerable.Range(0, 10).Where(digit => digit != 3), digit => Assert.Null(row.Recall[digit]));
        });
    }

    [Fact]
    public void Run_TheSameImages_LeavesNeighboursAndProbeOut()
    {
        ModelOutputs outputs = Toys.ModelOutputs(200, 200);
        IReadOnlyList<EvaluationRow> rows = new Evaluation(Toys.Digits(200), Toys.Digits(200))
            .Run(outputs with { Test = outputs.Train }, ProtocolChoice.Strict);
        Assert.All(rows, row =>
            Assert.Equal((1.0, null, null, null), (row.Accuracy, row.NeighbourAccuracy, row.NeighbourAccuracy200, row.Linear)));
    }

    [Theory]
    [InlineData(9, 5, "'bare': expected at least 10 training images to make 10 clusters of, found 9; give more images, or a smaller --k.")]
    [InlineData(10, 0, "'bare': expected test images to score, found none; give more images.")]
    public void Constructor_TooFewImages_IsRefused(int train, int test, string line) =>
        Assert.Equal(line, Assert.Throws<InvalidDataException>(() => new Evaluation(Bare(train), Bare(test))).Message);

    [Theory]
    [InlineData(10, 1)]
    [InlineData(12, 2)]
    [InlineData(40, 7)]
    public void Run_FewImages_HasFiniteFigures(int train, int test)
    {
        foreach (bool isLabelled in new[] { true, false })
        {
            IReadOnlyList<EvaluationRow> rows = new Evaluation(isLabelled ? Toys.Digits(train) : Bare(train), isLabelled ? Toys.Digits(test)
                : Bare(test)).Run(Toys.ModelOutputs(train, test), ProtocolChoice.Both);
            Assert.NotEmpty(rows);
            Assert.All(rows, row =>
            {
                Assert.InRange(row.K, 1, train);
                Assert.All(new[] { row.Accuracy, row.Nmi, row.Ari, row.Ami, row.Silhouette, row.EffectiveRank, row.Uniformity,
                    row.Alignment }, figure => Assert.True(figure is null || double.IsFinite(figure.Value)));
                Assert.Equal(test, row.Sizes.Sum());
            });
        }
    }

    [Fact]
    public void Linear_WithoutLabels_IsRefused() =>
        Assert.Equal("The linear probe learns from labels, and the data has none; give labelled images.",
        Assert.Throws<InvalidDataException>(() => new Evaluation(Bare(20), Bare(10)).Linear(Toys.ModelOutputs(20, 10))).Message);

    /// <summary>Refined from other systems is of another kind, refined from another seed's run is not.</summary>
    [Fact]
    public void SettingsOf_From_CountsBySourceNotByFolder()
    {
        const string moco = """{"method":"moco"}""", other = """{"method":"autoencoder"}""";
        Assert.Equal($"rounds=4 from={moco} abc ", Of("runs/moco/run-012", moco));
        Assert.Equal(Of("runs/moco/run-001", moco), Of("elsewhere", moco));
        Assert.NotEqual(Of("runs/run-001", moco), Of("runs/run-001", other));
        Assert.NotEqual(Of("runs/moco/run-001", null), Of("runs/moco/run-002", null));
        Assert.Null(ModelOutputs.SettingsOf(new Dictionary<string, string>(), null));

        static string? Of(string from, string? source) => ModelOutputs.SettingsOf(new Dictionary<string, string>
        {
            [ModelKeys.Options] = $$"""{"rounds":4,"from":"{{from}}"}""",
            [ModelKeys.DatasetSha256] = "abc",
        }, source);
    }

    [Fact]
    public void SeedSpread_GroupsEqualSettingsAlone()
    {
        static EvaluationRow Row(string seed, string settings, double accuracy, double? linear = null) => new()
        {
            Method = "toy",
            Clusterer = Clusterer.Own,
            Protocol = Protocol.Strict,
            K = 10,
            Sizes = [],
            Images = 10,
            Seed = seed,
            Settings = settings,
            Accuracy = accuracy,
            Linear = linear,
        };
        EvaluationRow[] rows = [Row("0", "a", .5, .9), Row("1", "a", .7), Row("2", "a", .9, .9), Row("0", "a", .1), Row("0", "b", .2),
            Row("0", "c", .3), Row("0", "c", .4), Row("7", "a", .1) with { K = 30 }, Row("8", "b", .1) with { Seed = null }];
        SeedSpread spread = Assert.Single(SeedSpread.Of(rows));
        Assert.Equal(["0", "1", "2"], spread.Seeds);
        // 0.5, 0.7, 0.9: standard deviation sqrt((.04 + 0 + .04) / 2).
        Spread found = Assert.Single(spread.Figures).Value;
        Assert.Equal((.7, .2, .5, .9), (Math.Round(found.Mean, 12), Math.Round(found.StandardDeviation, 12), found.Lowest, found.Highest));
        Assert.True(spread.Figures.ContainsKey("accuracy")); // not all have a linear probe
    }
}
