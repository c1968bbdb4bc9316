using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Tests;

public sealed partial class KMeansTests
{
    [Fact]
    public void Fit_Bytes_EqualsTheirFloats()
    {
        var random = new Random(3);
        byte[] bytes = [.. Enumerable.Range(0, 500 * 21).Select(i => (byte)(random.Next(60) + i / 21 % 5 * 40))];
        var rows = new ByteRows(bytes, 21);
        Rows floats = rows.ToRows(), start = new(floats.Values[..(5 * 21)], 21);
        KMeansResult ofBytes = KMeansClustering.Fit(rows, start, new KMeansOptions()),
            ofFloats = KMeansClustering.Fit(floats, start, new KMeansOptions());
        Assert.Equal(ofFloats.Labels, ofBytes.Labels);
        Assert.Equal(ofFloats.Inertia, ofBytes.Inertia, ofFloats.Inertia * 1e-6);
        Assert.All(ofFloats.Centres.Values.ToArray().Zip(ofBytes.Centres.Values.ToArray()), pair =>
            Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal(ofBytes.Labels, KMeansClustering.Assign(rows, ofBytes.Centres));
        double inertia = Enumerable.Range(0, rows.Count)
            .Sum(row => VectorKernels.SquaredDistance(floats[row], ofBytes.Centres[ofBytes.Labels[row]]));
        Assert.Equal(inertia, ofBytes.Inertia, inertia * 1e-7);
    }

    [Fact]
    public void Fit_TwentyTimes_GivesTheSameBits()
    {
        Rows rows = Samples.Blobs(1500, 11, 6, 3);
        float[][] centres =
            [.. Enumerable.Range(0, 20).Select(_ =>
            KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 18, Seed = 5 }).Centres.Values.ToArray())];
        Assert.All(centres, found => Assert.Equal(centres[0], found));
    }

    [Fact]
    public void Fit_AnyThreadCount_GivesTheSameBits()
    {
        Rows rows = Samples.Blobs(3000, 17, 6, 3);
        KMeansResult[] results =
            [.. new[] { 1, 2, 4 }.Select(threads =>
                KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 6, Seed = 5, Threads = threads }))];
        Assert.All(results, result => Assert.Equal(results[0].Centres.Values.ToArray(), result.Centres.Values.ToArray()));
        Assert.All(results, result => Assert.Equal(results[0].Inertia, result.Inertia));
    }

    [Fact]
    public void Fit_BytesByAnyThreadCount_GivesTheSameBits()
    {
        var random = new Random(8);
        var rows = new ByteRows(Enumerable.Range(0, 3000 * 50).Select(i => (byte)(random.Next(90) + i / 50 % 7 * 20)).ToArray(), 50);
        KMeansResult[] results =
            [.. new[] { 1, 2, 4 }.Select(threads => KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 9, Threads = threads }))];
        Assert.All(results, result => Assert.Equal(results[0].Centres.Values.ToArray(), result.Centres.Values.ToArray()));
        Assert.All(results, result => Assert.Equal(results[0].Inertia, result.Inertia));
    }

    [Fact]
    public void Fit_LabelsBelongToTheReturnedCentres()
    {
        Rows rows = Samples.Blobs(2000, 3, 8, 11);
        KMeansResult result = KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 12, MaxIterations = 3 });
        Assert.False(result.Converged);
        Assert.Equal(KMeansClustering.Assign(rows, result.Centres), result.Labels);
        double inertia = Enumerable.Range(0, rows.Count)
            .Sum(row => VectorKernels.SquaredDistance(rows[row], result.Centres[result.Labels[row]]));
        Assert.Equal(inertia, result.Inertia, inertia * 1e-5);
    }
}
