namespace Toolchain.Clustering.Tests;

public sealed class KMeansTests
{
    static readonly Rows pairs = new(new float[] { 0, 0, 0, 2, 10, 0, 10, 2 }, 2);

    [Fact]
    public void Fit_TwoPairs_ByHand()
    {
        KMeansResult result = KMeans.Fit(pairs, new Rows(new float[] { 1, 0, 9, 0 }, 2), new KMeansOptions());
        Assert.Equal([0f, 1, 10, 1], result.Centres.Values.ToArray());
        Assert.Equal([0, 0, 1, 1], result.Labels);
        Assert.Equal(4, result.Inertia);
        Assert.Equal((2, true), (result.Iterations, result.Converged));
    }

    [Fact]
    public void Fit_ClusterLosesAllRows_TakesTheFarthestRow()
    {
        // The second centre is nearest to nothing; after the first pass the row farthest from its centre is 10.
        KMeansResult result = KMeans.Fit(new Rows(new float[] { 0, 1, 10 }, 1), new Rows(new float[] { 2, 100 }, 1), new KMeansOptions());
        Assert.Equal([0.5f, 10], result.Centres.Values.ToArray());
        Assert.Equal([0, 0, 1], result.Labels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10)]
    public void Fit_RandomRows_EqualsThePlainLoops(int seed)
    {
        Rows rows = Samples.Blobs(700, 5, 4, seed);
        Rows start = new(rows.Values[..(4 * 5)], 5);
        KMeansResult fast = KMeans.Fit(rows, start, new KMeansOptions { Tolerance = 0 });
        (double[][] centres, int[] labels) = Slow(rows, start, fast.Iterations);
        Assert.Equal(labels, fast.Labels);
        for (int k = 0; k < 4; k++)
        {
            Assert.All(fast.Centres[k].ToArray().Zip(centres[k]), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        }
    }

    [Fact]
    public void Fit_AnyThreadCount_GivesTheSameBits()
    {
        Rows rows = Samples.Blobs(3000, 17, 6, 3);
        KMeansResult[] results = [.. new[] { 1, 2, 4 }.Select(threads => KMeans.Fit(rows, new KMeansOptions { ClusterCount = 6, Seed = 5, Threads = threads }))];
        Assert.All(results, result => Assert.Equal(results[0].Centres.Values.ToArray(), result.Centres.Values.ToArray()));
        Assert.All(results, result => Assert.Equal(results[0].Inertia, result.Inertia));
    }

    [Fact]
    public void Fit_LabelsBelongToTheReturnedCentres()
    {
        Rows rows = Samples.Blobs(2000, 3, 8, 11);
        KMeansResult result = KMeans.Fit(rows, new KMeansOptions { ClusterCount = 12, MaxIterations = 3 });
        Assert.False(result.Converged);
        Assert.Equal(KMeans.Assign(rows, result.Centres), result.Labels);
        double inertia = Enumerable.Range(0, rows.Count).Sum(row => Kernels.SquaredDistance(rows[row], result.Centres[result.Labels[row]]));
        Assert.Equal(inertia, result.Inertia, inertia * 1e-5);
    }

    [Fact]
    public void Fit_MorePasses_NeverRaiseTheInertia()
    {
        Rows rows = Samples.Blobs(1000, 4, 5, 2);
        double[] inertias = [.. Enumerable.Range(1, 8).Select(passes => KMeans.Fit(rows, new KMeansOptions { ClusterCount = 9, MaxIterations = passes, Tolerance = 0 }).Inertia)];
        Assert.All(inertias.Zip(inertias.Skip(1)), pair => Assert.True(pair.Second <= pair.First * (1 + 1e-6)));
    }

    [Fact]
    public void Fit_MoreRestarts_KeepTheBest()
    {
        Rows rows = Samples.Blobs(600, 2, 9, 4);
        var options = new KMeansOptions { ClusterCount = 9 };
        Assert.True(KMeans.Fit(rows, options with { Restarts = 8 }).Inertia <= KMeans.Fit(rows, options).Inertia);
    }

    [Fact]
    public void Fit_NotANumber_NamesTheRow()
    {
        var error = Assert.Throws<ArgumentException>(() => KMeans.Fit(new Rows(new float[] { 0, 1, 2, float.NaN }, 2), new KMeansOptions { ClusterCount = 1 }));
        Assert.Equal("Row 1, column 1 is NaN; expected finite numbers.", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Fit_ClusterCountOutOfRange_NamesTheRange(int count)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit(pairs, new KMeansOptions { ClusterCount = count }));
        Assert.StartsWith($"'clusterCount' must be in [1..Rows.Count=4], was {count}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_AllRowsEqual_IsStated()
    {
        KMeansResult result = KMeans.Fit(new Rows(new float[20], 2), new KMeansOptions { ClusterCount = 3 });
        Assert.Equal(0, result.Inertia);
        Assert.True(result.Converged);
        Assert.All(result.Labels, label => Assert.Equal(0, label));
    }

    static (double[][] Centres, int[] Labels) Slow(Rows rows, Rows start, int passes)
    {
        double[][] centres = [.. Enumerable.Range(0, start.Count).Select(k => start[k].ToArray().Select(value => (double)value).ToArray())];
        int[] labels = Nearest();
        for (int pass = 0; pass < passes; pass++)
        {
            for (int k = 0; k < centres.Length; k++)
            {
                int[] own = [.. Enumerable.Range(0, rows.Count).Where(row => labels[row] == k)];
                centres[k] = [.. centres[k].Select((_, i) => own.Average(row => (double)rows[row][i]))];
            }
            labels = Nearest();
        }
        return (centres, labels);

        int[] Nearest() => [.. Enumerable.Range(0, rows.Count).Select(row =>
            Enumerable.Range(0, centres.Length).MinBy(k => centres[k].Select((value, i) => (value - rows[row][i]) * (value - rows[row][i])).Sum()))];
    }
}
