using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;

namespace Toolchain.Clustering.Tests;

public sealed class GaussianMixtureTests
{
    [Fact]
    public void Fit_WithAFloor_AddsAShareOfTheMeanVariance()
    {
        // The columns' variances are 1 and 9, their mean 5; of one component the covariance is theirs, and .2 x 5 = 1 besides.
        var rows = new Rows(new float[] { 0, 0, 2, 0, 0, 6, 2, 6 }, 2);
        GaussianMixture floored = GaussianMixture.Fit(rows, new() { ComponentCount = 1, VarianceFloor = 0.2, Regularization = 0 });
        Assert.Equal(1 / Math.Sqrt(2), floored.PrecisionFactors[0, 0, 0], 1e-12);
        Assert.Equal(1 / Math.Sqrt(10), floored.PrecisionFactors[0, 1, 1], 1e-12);
        Assert.Equal(GaussianMixture.Fit(rows, new() { ComponentCount = 1, Regularization = 1 }).LogLikelihood, floored.LogLikelihood);
    }

    [Fact]
    public void Fit_OneComponent_IsMeanAndCovariance() // rows (0,0), (2,0), (0,2), (2,2): mean 1, variance 1, no correlation
    {
        GaussianMixture mixture = GaussianMixture.Fit(new Rows(new float[] { 0, 0, 2, 0, 0, 2, 2, 2 }, 2),
            new GaussianMixtureOptions { ComponentCount = 1, Regularization = 0 });
        Assert.Equal(1, mixture.Weights[0], 1e-12);
        Assert.Equal(1, mixture.Means[0, 0], 1e-12);
        Assert.Equal(1, mixture.PrecisionFactors[0, 0, 0], 1e-12);
        Assert.Equal(0, mixture.PrecisionFactors[0, 0, 1], 1e-12);
        // log density of each row: -log(2 pi) - (1 + 1)/2
        Assert.Equal(-Math.Log(2 * Math.PI) - 1, mixture.LogLikelihood, 1e-12);
    }

    [Theory]
    [InlineData(3, 2, CovarianceKind.Full)]
    [InlineData(9, 4, CovarianceKind.Full)]
    [InlineData(4, 1, CovarianceKind.Full)]
    [InlineData(40, 3, CovarianceKind.Full)] // the widest rows that take the narrow way
    [InlineData(41, 3, CovarianceKind.Full)]
    [InlineData(7, 3, CovarianceKind.Tied)]
    [InlineData(5, 3, CovarianceKind.Diagonal)]
    [InlineData(5, 3, CovarianceKind.Spherical)]
    public void Fit_RandomRows_EqualsThePlainLoops(int width, int components, CovarianceKind kind)
    {
        Rows rows = Samples.Blobs(400, width, components, 17 + width);
        var options = new GaussianMixtureOptions { ComponentCount = components, MaxIterations = 5, Tolerance = 0, Covariance = kind };
        GaussianMixture fast = GaussianMixture.Fit(rows, options);
        SlowMixture slow = SlowMixture.Fit(rows, KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = components }).Labels,
            components,
            fast.Iterations, options.Regularization, kind);
        Assert.Equal(slow.LogLikelihood, fast.LogLikelihood, 1e-9);
        for (int k = 0; k < components; k++)
        {
            Assert.Equal(slow.Weights[k], fast.Weights[k], 1e-9);
            for (int i = 0; i < width; i++)
            {
                Assert.Equal(slow.Means[k][i], fast.Means[k, i], 1e-9);
            }
        }
        double[] probabilities = fast.Probabilities(rows);
        double[] expected = slow.Probabilities(rows);
        Assert.All(expected.Zip(probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Fit_MorePasses_NeverLowerTheLikelihood()
    {
        Rows rows = Samples.Blobs(800, 3, 5, 8);
        double[] levels =
            [.. Enumerable.Range(1, 10).Select(passes =>
            GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = 5, MaxIterations = passes,
            Tolerance = 0 }).LogLikelihood)];
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-10));
        Assert.True(levels[^1] > levels[0]);
    }

    [Fact]
    public void Fit_AnyThreadCount_GivesTheSameBits()
    {
        Rows rows = Samples.Blobs(2000, 7, 4, 21);
        double[][,] means =
            [.. new[] { 1, 2, 4 }.Select(threads =>
            GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = 4, Threads = threads }).Means)];
        Assert.All(means, found => Assert.Equal(means[0], found));
    }

    [Fact]
    public void Fit_TwentyTimes_GivesTheSameBits()
    {
        Rows rows = Samples.Blobs(2501, 12, 6, 4);
        double[][,] means =
            [.. Enumerable.Range(0, 20).Select(_ =>
            GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = 6, MaxIterations = 5 }).Means)];
        Assert.All(means, found => Assert.Equal(means[0], found));
    }

    [Fact]
    public void SmallExp_IsExpToTheLastBits()
    {
        for (double x = -700; x <= 0; x += 0.0137)
        {
            double found = ExpectationBlock.SmallExp(System.Runtime.Intrinsics.Vector256.Create(x))[2], expected = Math.Exp(x);
            Assert.InRange(found / expected, 1 - 4.5e-16, 1 + 4.5e-16);
        }
        Assert.Equal(1, ExpectationBlock.SmallExp(default)[0]);
    }

    [Fact]
    public void Probabilities_AddUpToOne_AndLabelsAreTheirMaxima()
    {
        Rows rows = Samples.Blobs(300, 4, 3, 5);
        GaussianMixture mixture = GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = 3 });
        double[] probabilities = mixture.Probabilities(rows);
        int[] labels = mixture.Assign(rows);
        for (int row = 0; row < rows.Count; row++)
        {
            double[] own = probabilities[(row * 3)..(row * 3 + 3)];
            Assert.Equal(1, own.Sum(), 1e-12);
            Assert.Equal(own.Max(), own[labels[row]]);
        }
    }

    [Fact]
    public void Fit_ConstantColumn_IsHeldByTheRegularization()
    {
        float[] values = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { i % 7, 3f })];
        GaussianMixture mixture = GaussianMixture.Fit(new Rows(values, 2), new GaussianMixtureOptions { ComponentCount = 2 });
        Assert.Equal(1000, mixture.PrecisionFactors[0, 1, 1], 1e-3);
    }

    [Fact]
    public void Fit_ConstantColumnWithoutRegularization_SaysWhatToRaise()
    {
        float[] values = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { i % 7, 3f })];
        var error = Assert.Throws<InvalidOperationException>(() =>
            GaussianMixture.Fit(new Rows(values, 2), new GaussianMixtureOptions { ComponentCount = 1, Regularization = 0 }));
        Assert.Equal("The covariance of component 0 is not positive definite (pivot 1 is 0); raise 'Regularization' or fit fewer "
            + "components.", error.Message);
    }

    [Fact]
    public void Probabilities_OtherWidth_IsRefused()
    {
        GaussianMixture mixture = GaussianMixture.Fit(Samples.Blobs(50, 3, 2, 1), new GaussianMixtureOptions { ComponentCount = 2 });
        Assert.StartsWith("'rows' must have width 3, was 2.",
            Assert.Throws<ArgumentException>(() => mixture.Probabilities(Samples.Blobs(5, 2, 1, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Criteria_OneComponent_ByHand() // 4 rows in 2 columns: 2 means and 3 covariances are free
    {
        Rows rows = new(new float[] { 0, 0, 2, 0, 0, 2, 2, 2 }, 2);
        GaussianMixture mixture = GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = 1, Regularization = 0 });
        double logLikelihood = 4 * (-Math.Log(2 * Math.PI) - 1);
        Assert.Equal(5, mixture.ParameterCount);
        Assert.Equal(5 * Math.Log(4) - 2 * logLikelihood, mixture.Criteria(rows).Bayesian, 1e-10);
        Assert.Equal(10 - 2 * logLikelihood, mixture.Criteria(rows).Akaike, 1e-10);
        Assert.Equal([0, 0, 0, 0], mixture.Assign(rows, out InformationCriteria criteria));
        Assert.Equal(mixture.Criteria(rows), criteria);
    }

    [Theory]
    [InlineData(CovarianceKind.Full, 15 + 3 * 15 + 2)]
    [InlineData(CovarianceKind.Tied, 15 + 15 + 2)]
    [InlineData(CovarianceKind.Diagonal, 15 + 3 * 5 + 2)]
    [InlineData(CovarianceKind.Spherical, 15 + 3 + 2)]
    public void ParameterCount_ThreeComponentsOfFive_ByHand(CovarianceKind kind, int expected) =>
        Assert.Equal(expected, GaussianMixture.Fit(Samples.Blobs(90, 5, 3, 2),
        new GaussianMixtureOptions { ComponentCount = 3, Covariance = kind }).ParameterCount);

    [Fact]
    public void Fit_ComponentWithoutRows_ShrinksToWeightZero()
    {
        Rows rows = Samples.Blobs(100, 2, 2, 3);
        GaussianMixture mixture =
            GaussianMixture.Fit(rows, new int[100], new GaussianMixtureOptions { ComponentCount = 2, MaxIterations = 1 });
        Assert.Equal(0, mixture.Weights[1], 1e-12);
        Assert.Equal(0, mixture.Means[1, 0]);
    }

    [Fact]
    public void Fit_LabelsOutOfRange_NamesTheRow()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            GaussianMixture.Fit(Samples.Blobs(3, 2, 1, 1), [0, 1, 2], new GaussianMixtureOptions { ComponentCount = 2 }));
        Assert.StartsWith("'labels' must be 3 numbers in [0..2), found 2 for row 2.", error.Message, StringComparison.Ordinal);
    }

    // More rows than a segment has: the same rows four times give the mixture of the rows.
    [Theory]
    [InlineData(CovarianceKind.Full)]
    [InlineData(CovarianceKind.Diagonal)]
    public void Fit_SeveralSegments_IsTheFitOfOne(CovarianceKind kind)
    {
        Rows once = Samples.Blobs(IRanks.PartRows / 3, 3, 4, seed: 1);
        Rows all = new(Enumerable.Repeat(once.Values.ToArray(), 4).SelectMany(values => values).ToArray(), once.Width);
        int[] labels = KMeansClustering.Assign(once, new Rows(once.Values[..12], 3));
        var options = new GaussianMixtureOptions { ComponentCount = 4, Covariance = kind, MaxIterations = 5, Threads = 2 };
        GaussianMixture one = GaussianMixture.Fit(once, labels, options);
        GaussianMixture four = GaussianMixture.Fit(all, [.. labels, .. labels, .. labels, .. labels], options);
        Assert.Equal(one.LogLikelihood, four.LogLikelihood, 1e-9);
        Assert.Equal(one.Weights, four.Weights, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(one.Means.Cast<double>(), four.Means.Cast<double>(), (a, b) => Math.Abs(a - b) < 1e-8);
        Assert.Equal(one.Assign(once), four.Assign(all)[^once.Count..]);
        GaussianMixture alone = GaussianMixture.Fit(all, [.. labels, .. labels, .. labels, .. labels], options with { Threads = 1 });
        Assert.Equal(four.Means.Cast<double>(), alone.Means.Cast<double>());
    }

    [Fact]
    public void Fit_MoreRestarts_KeepTheBest()
    {
        Rows rows = Samples.Blobs(600, 2, 7, 4);
        var options = new GaussianMixtureOptions { ComponentCount = 7 };
        double[] levels =
            [.. Enumerable.Range(0, 4).Select(restart =>
            GaussianMixture.Fit(rows, options with { Seed = restart * 104729 }).LogLikelihood)];
        Assert.True(levels.Max() > levels.Min());
        Assert.Equal(levels.Max(), GaussianMixture.Fit(rows, options with { Restarts = 4 }).LogLikelihood);
    }
}
