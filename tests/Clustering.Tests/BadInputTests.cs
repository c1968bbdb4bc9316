using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Tests;

/// <summary>What both clusterers say to bad rows and options, or do with rows that look bad and are not.</summary>
public sealed class BadInputTests
{
    static readonly Rows square = new(new float[] { 0, 0, 2, 0, 0, 2, 2, 2 }, 2);

    public static TheoryData<string, string> Refused => new()
    {
        { "k-means of nothing", "There are no rows; expected at least 1." },
        { "mixture of nothing", "There are no rows; expected at least 1." },
        { "k-means of no bytes", "There are no rows; expected at least 1." },
        { "k-means with NaN", "Row 1, column 1 is NaN; expected finite numbers." },
        { "mixture with NaN", "Row 1, column 1 is NaN; expected finite numbers." },
        { "k-means with infinity", "Row 9, column 0 is Infinity; expected finite numbers." },
        { "mixture with minus infinity", "Row 0, column 0 is -Infinity; expected finite numbers." },
        { "neighbours with NaN", "Row 1, column 1 is NaN; expected finite numbers." },
        { "principal components with NaN", "Row 1, column 1 is NaN; expected finite numbers." },
        { "cosine k-means with NaN", "Row 1, column 1 is NaN; expected finite numbers." },
        { "k-means, k = 0", "'clusterCount' must be in [1..4], the number of rows, was 0." },
        { "mixture, k = 0", "'clusterCount' must be in [1..4], the number of rows, was 0." },
        { "k-means, k > n", "'clusterCount' must be in [1..4], the number of rows, was 5." },
        { "mixture, k > n", "'clusterCount' must be in [1..4], the number of rows, was 5." },
        { "k-means, k < 0", "'clusterCount' must be in [1..4], the number of rows, was -1." },
        { "mixture, k < 0", "'clusterCount' must be in [1..4], the number of rows, was -2." },
        { "cosine k-means, k > n", "'clusterCount' must be in [1..4], the number of rows, was 5." },
        { "k-means of bytes, k > n", "'clusterCount' must be in [1..2], the number of rows, was 3." },
        { "k-means with minus infinity", "Row 0, column 1 is -Infinity; expected finite numbers." },
        { "mixture with infinity", "Row 0, column 0 is Infinity; expected finite numbers." },
        { "mixture from a label too large", "'labels' must be 4 numbers in [0..2), found 2 for row 1." },
        { "byte centres of another width", "The centres must have width 2, was 1." },
        { "mixed lengths", "7 numbers cannot be rows of 'width' = 2." },
        { "mixed lengths of bytes", "7 bytes cannot be rows of 'width' = 2." },
        { "width 0", "4 numbers cannot be rows of 'width' = 0." },
        { "centres of another width", "The centres must have width 2, was 3." },
        { "assignment to centres of another width", "The centres must have width 2, was 1." },
        { "mixture applied to another width", "'rows' must have width 2, was 4." },
        { "mixture from too few labels", "'labels' must be 4 numbers in [0..2), found 3 numbers." },
        { "mixture from a negative label", "'labels' must be 4 numbers in [0..2), found -1 for row 3." },
        { "constant column without regularisation",
            "The covariance of component 0 is not positive definite (pivot 1 is 0); raise 'Regularization' or fit fewer components." },
        { "constant column, diagonal, without regularisation",
            "The covariance of component 0 is not positive definite (pivot 1 is 0); raise 'Regularization' or fit fewer components." },
        { "mixture too large for memory", "'ComponentCount' = 40000 for 65536 rows takes 2621440000 numbers, more than the 2147483591 "
            + "that fit into memory at once; fit a part of the rows, or fewer clusters." },
        { "neighbours, count 0", "'count' must be in [1..4], was 0." },
        { "neighbours of each, as many as rows", "'count' must be in [1..3], was 4." },
        { "principal components, more than columns", "'dimensions' must be in [1..2], the width of the rows, was 3." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void BadInput_IsRefusedInOneLine(string what, string expected)
    {
        Exception error = Assert.ThrowsAny<Exception>(() => Do(what));
        Assert.True(error is ArgumentException or InvalidOperationException, error.ToString());
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CovarianceKind.Full)]
    [InlineData(CovarianceKind.Tied)]
    [InlineData(CovarianceKind.Diagonal)]
    [InlineData(CovarianceKind.Spherical)]
    public void Mixture_OneRow_IsItsOwnMean(CovarianceKind kind)
    {
        GaussianMixture mixture = GaussianMixture.Fit(new Rows(new float[] { 3, 4 }, 2),
            new GaussianMixtureOptions { ComponentCount = 1, Covariance = kind });
        Assert.Equal((3.0, 4.0), (mixture.Means[0, 0], mixture.Means[0, 1]));
        Assert.Equal([0], mixture.Assign(new Rows(new float[] { 3, 4 }, 2)));
    }

    [Fact]
    public void KMeans_OneRow_IsItsOwnCentre()
    {
        KMeansResult result = KMeansClustering.Fit(new Rows(new float[] { 3, 4 }, 2), new KMeansOptions { ClusterCount = 1 });
        Assert.Equal([3f, 4], result.Centres.Values.ToArray());
        Assert.Equal(0, result.Inertia);
    }

    [Fact]
    public void KMeans_AsManyClustersAsRows_GivesEachItsOwn()
    {
        KMeansResult result = KMeansClustering.Fit(square, new KMeansOptions { ClusterCount = 4 });
        Assert.Equal(0, result.Inertia);
        Assert.Equal(4, result.Labels.Distinct().Count());
    }

    [Fact]
    public void DuplicateRows_ShareAClusterAndProbabilities()
    {
        Rows rows = new(Enumerable.Range(0, 60).SelectMany(i => new float[] { i % 3 * 10, i % 3 * 5 + i % 2 * 0.1f }).ToArray(), 2);
        int[] labels = KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = 3 }).Labels;
        GaussianMixture mixture = GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = 3, Regularization = 1e-3 });
        int[] components = mixture.Assign(rows);
        for (int i = 6; i < 60; i++)
        {
            Assert.Equal((labels[i % 6], components[i % 6]), (labels[i], components[i]));
        }
    }

    static object Do(string what)
    {
        Rows nan = new(new float[] { 0, 1, 2, float.NaN, 5, 6 }, 2), nothing = new(Array.Empty<float>(), 2);
        GaussianMixtureOptions one = new() { ComponentCount = 1 }, two = new() { ComponentCount = 2 };
        KMeansOptions k1 = new() { ClusterCount = 1 };
        Rows constant = new(Enumerable.Range(0, 40).SelectMany(i => new[] { i % 7, 3f }).ToArray(), 2);
        return what switch
        {
            "k-means of nothing" => KMeansClustering.Fit(nothing, k1),
            "mixture of nothing" => GaussianMixture.Fit(nothing, one),
            "k-means of no bytes" => KMeansClustering.Fit(new ByteRows(Array.Empty<byte>(), 2), k1),
            "k-means with NaN" => KMeansClustering.Fit(nan, k1),
            "mixture with NaN" => GaussianMixture.Fit(nan, one),
            "k-means with infinity" =>
                KMeansClustering.Fit(new Rows(Enumerable.Range(0, 22).Select(i => i == 18 ? float.PositiveInfinity : i).ToArray(), 2), k1),
            "mixture with minus infinity" => GaussianMixture.Fit(new Rows(new float[] { float.NegativeInfinity, 0 }, 2), one),
            "neighbours with NaN" => NeighbourSearch.OfEach(nan, 1),
            "principal components with NaN" => Pca.Fit(nan, 1, false),
            "cosine k-means with NaN" => KMeansClustering.Fit(nan, k1 with { Cosine = true }),
            "k-means, k = 0" => KMeansClustering.Fit(square, new KMeansOptions { ClusterCount = 0 }),
            "mixture, k = 0" => GaussianMixture.Fit(square, one with { ComponentCount = 0 }),
            "k-means, k > n" => KMeansClustering.Fit(square, new KMeansOptions { ClusterCount = 5 }),
            "mixture, k > n" => GaussianMixture.Fit(square, one with { ComponentCount = 5 }),
            "k-means, k < 0" => KMeansClustering.Fit(square, new KMeansOptions { ClusterCount = -1 }),
            "mixture, k < 0" => GaussianMixture.Fit(square, one with { ComponentCount = -2 }),
            "cosine k-means, k > n" => KMeansClustering.Fit(square, new KMeansOptions { ClusterCount = 5, Cosine = true }),
            "k-means of bytes, k > n" => KMeansClustering.Fit(new ByteRows(new byte[4], 2), new KMeansOptions { ClusterCount = 3 }),
            "k-means with minus infinity" => KMeansClustering.Fit(new Rows(new float[] { 0, float.NegativeInfinity }, 2), k1),
            "mixture with infinity" => GaussianMixture.Fit(new Rows(new float[] { float.PositiveInfinity, 0 }, 2), one),
            "mixture from a label too large" => GaussianMixture.Fit(square, [0, 2, 0, 1], two),
            "byte centres of another width" =>
                KMeansClustering.Fit(new ByteRows(new byte[4], 2), new Rows(new float[3], 1), new KMeansOptions()),
            "mixed lengths" => new Rows(new float[7], 2),
            "mixed lengths of bytes" => new ByteRows(new byte[7], 2),
            "width 0" => new Rows(new float[4], 0),
            "centres of another width" => KMeansClustering.Fit(square, new Rows(new float[3], 3), new KMeansOptions()),
            "assignment to centres of another width" => KMeansClustering.Assign(square, new Rows(new float[3], 1)),
            "mixture applied to another width" => GaussianMixture.Fit(square, one).Assign(new Rows(new float[4], 4)),
            "mixture from too few labels" => GaussianMixture.Fit(square, [0, 1, 0], two),
            "mixture from a negative label" => GaussianMixture.Fit(square, [0, 1, 0, -1], two),
            "constant column without regularisation" => GaussianMixture.Fit(constant, one with { Regularization = 0 }),
            "constant column, diagonal, without regularisation" =>
                GaussianMixture.Fit(constant, one with { Regularization = 0, Covariance = CovarianceKind.Diagonal }),
            "mixture too large for memory" => GaussianMixture.Fit(new Rows(new float[300_000], 1), one with { ComponentCount = 40_000 }),
            "neighbours, count 0" => NeighbourSearch.Euclidean(square, square, 0),
            "neighbours of each, as many as rows" => NeighbourSearch.OfEach(square, 4),
            "principal components, more than columns" => Pca.Fit(square, 3, false),
            _ => throw new NotSupportedException(what),
        };
    }
}
