using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Tests;

public sealed partial class KMeansTests
{
    static readonly Rows pairs = new(new float[] { 0, 0, 0, 2, 10, 0, 10, 2 }, 2);

    [Fact]
    public void Fit_TwoPairs_ByHand()
    {
        KMeansResult result = KMeansClustering.Fit(pairs, new Rows(new float[] { 1, 0, 9, 0 }, 2), new KMeansOptions());
        Assert.Equal([0f, 1, 10, 1], result.Centres.Values.ToArray());
        Assert.Equal([0, 0, 1, 1], result.Labels);
        Assert.Equal(4, result.Inertia);
        Assert.Equal((2, true), (result.Iterations, result.Converged));
    }

    [Fact]
    public void Fit_ClusterLosesAllRows_TakesTheFarthestRow()
    {
        // The second centre is nearest to nothing; after the first pass the row farthest from its centre is 10.
        KMeansResult result = KMeansClustering.Fit(new Rows(new float[] { 0, 1, 10 }, 1), new Rows(new float[] { 2, 100 }, 1),
            new KMeansOptions());
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
        KMeansResult fast = KMeansClustering.Fit(rows, start, new KMeansOptions { Tolerance = 0 });
        (double[][] centres, int[] labels) = Slow(rows, start, fast.Iterations);
        Assert.Equal(labels, fast.Labels);
        for (int k = 0; k < 4; k++)
        {
            Assert.All(fast.Centres[k].ToArray().Zip(centres[k]), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        }
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(16, 17)]
    [InlineData(40, 9)]
    [InlineData(130, 9)]
    public void NearestCentres_WhileCentresMove_AreThoseOfAllDistances(int count, int width)
    {
        Rows rows = Samples.Blobs(900, width, count, count);
        float[] norms = [.. Enumerable.Range(0, rows.Count).Select(row => VectorKernels.Dot(rows[row], rows[row]))];
        var bounded = new NearestCentres<Rows>(rows, norms, count, 2);
        var direct = new NearestCentres<Rows>(rows, norms, count, 2, mostBounds: 0);
        var random = new Random(4);
        float[] centres = rows.Values[..(count * width)].ToArray();
        for (int pass = 0; pass < 12; pass++)
        {
            // Now far, now near: bounds that were passed must be noticed.
            float reach = pass % 3 == 0 ? 2 : 0.02f;
            centres = [.. centres.Select(value => value + reach * (float)(random.NextDouble() - 0.5))];
            bounded.Update(centres);
            direct.Update(centres);
            Assert.Equal(KMeansClustering.Assign(rows, new Rows(centres, width)), bounded.Labels);
            Assert.Equal(bounded.Labels, direct.Labels);
        }
    }

    [Fact]
    public void NearestCentres_WithoutBounds_GivesTiesToTheFirst()
    {
        // 40 centres are in three panels; the nearest, 1, are in lanes of each.
        Rows rows = new(new float[] { 1, 5 }, 1);
        float[] centres = [.. Enumerable.Range(0, 40).Select(k => k % 13 == 5 ? 1f : 9)];
        var direct = new NearestCentres<Rows>(rows, [1, 25], centres.Length, 1, mostBounds: 0);
        direct.Update(centres);
        // 5 is as far from 1 as from 9.
        Assert.Equal([5, 0], direct.Labels);
    }

    [Theory]
    [InlineData(5, 100)]
    [InlineData(16, 33)]
    [InlineData(1, 48)]
    [InlineData(130, 40)]
    public void NearestCentres_OfBytes_AreThoseOfTheCentresThemselves(int count, int width)
    {
        var random = new Random(width);
        // Zeros at the ends, and rows of zeros alone.
        byte[] bytes =
            [.. Enumerable.Range(0, 900 * width).Select(i =>
            (byte)(i % width < 7 || i % width > width - 9 || i / width % 50 == 0 ? 0 : random.Next(256)))];
        ByteRows rows = new ByteRows(bytes, width, divisor: 1).WithExtents(1);
        Rows floats = rows.ToRows();
        float[] norms = [.. Enumerable.Range(0, floats.Count).Select(row => VectorKernels.Dot(floats[row], floats[row]))];
        var bounded = new NearestCentres<ByteRows>(rows, norms, count, 2);
        float[] centres = floats.Values[..(count * width)].ToArray();
        for (int pass = 0; pass < 12; pass++)
        {
            // Now far, now by less than rounding shows; out of the range of bytes, and two centres alike.
            float reach = pass % 3 == 0 ? 60 : 0.003f;
            centres = [.. centres.Select(value => value + reach * (float)(random.NextDouble() - 0.5))];
            centres[width / 2] = pass % 4 == 3 ? 1000 : centres[width / 2];
            centres.AsSpan(0, width).CopyTo(centres.AsSpan((count - 1) * width));
            bounded.Update(centres);
            Assert.Equal(KMeansClustering.Assign(floats, new Rows(centres, width)), bounded.Labels);
        }
    }

    [Theory]
    [InlineData(784)]
    [InlineData(70001)]
    [InlineData(500000)]
    public void ByteProducts_OfTheLargestNumbers_DoNotOverflow(int width)
    {
        byte[] row = [.. Enumerable.Repeat((byte)255, width)];
        int limit = ByteProducts.Limit(width);
        short[] high = [.. Enumerable.Repeat((short)limit, width)], low = [.. Enumerable.Repeat((short)-limit, width)];
        Assert.True(limit > 0);
        Assert.Equal((255.0 * limit * width, -255.0 * limit * width), ByteProducts.Dot(row, high, low));
        Assert.Equal(255.0 * 255 * width, ByteProducts.Square(row));
    }

    [Fact]
    public void Fit_Cosine_GoesByAngle()
    {
        // Two directions, each with a long and a short row; by distance the short ones would go together.
        Rows rows = new(new float[] { 1, 0, 100, 1, 0, 1, 1, 100 }, 2);
        KMeansResult result = KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 2, Cosine = true });
        Assert.Equal([result.Labels[0], result.Labels[0], 1 - result.Labels[0], 1 - result.Labels[0]], result.Labels);
        Assert.All(Enumerable.Range(0, 2), k => Assert.Equal(1, VectorKernels.Dot(result.Centres[k], result.Centres[k]), 1e-6));
    }

    [Fact]
    public void Fit_MiniBatches_ComeNearTheFullFit()
    {
        Rows rows = Samples.Blobs(3000, 4, 5, 12);
        var options = new KMeansOptions { ClusterCount = 5, Restarts = 3 };
        double full = KMeansClustering.Fit(rows, options).Inertia;
        KMeansResult batches = KMeansClustering.Fit(rows, options with { BatchSize = 100, MaxIterations = 60 });
        Assert.InRange(batches.Inertia, full * (1 - 1e-6), full * 1.1);
        Assert.Equal(KMeansClustering.Assign(rows, batches.Centres), batches.Labels);
    }

    [Fact]
    public void Fit_MorePasses_NeverRaiseTheInertia()
    {
        Rows rows = Samples.Blobs(1000, 4, 5, 2);
        double[] inertias =
            [.. Enumerable.Range(1, 8).Select(passes =>
            KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 9, MaxIterations = passes, Tolerance = 0 }).Inertia)];
        Assert.All(inertias.Zip(inertias.Skip(1)), pair => Assert.True(pair.Second <= pair.First * (1 + 1e-6)));
    }

    [Fact]
    public void Fit_MoreRestarts_KeepTheBest()
    {
        Rows rows = Samples.Blobs(600, 2, 9, 4);
        var options = new KMeansOptions { ClusterCount = 9 };
        Assert.True(KMeansClustering.Fit(rows, options with { Restarts = 8 }).Inertia <= KMeansClustering.Fit(rows, options).Inertia);
    }

    [Fact]
    public void Fit_NotANumber_NamesTheRow()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            KMeansClustering.Fit(new Rows(new float[] { 0, 1, 2, float.NaN }, 2), new KMeansOptions { ClusterCount = 1 }));
        Assert.Equal("Row 1, column 1 is NaN; expected finite numbers.", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Fit_ClusterCountOutOfRange_NamesTheRange(int count)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            KMeansClustering.Fit(pairs, new KMeansOptions { ClusterCount = count }));
        Assert.StartsWith($"'clusterCount' must be in [1..4], the number of rows, was {count}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_AllRowsEqual_IsStated()
    {
        KMeansResult result = KMeansClustering.Fit(new Rows(new float[20], 2), new KMeansOptions { ClusterCount = 3 });
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
            Enumerable.Range(0, centres.Length)
            .MinBy(k => centres[k].Select((value, i) => (value - rows[row][i]) * (value - rows[row][i])).Sum()))];
    }
}
