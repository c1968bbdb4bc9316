using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Spectral;

namespace Toolchain.Clustering.Tests;

public sealed class SpectralClusteringTests
{
    [Fact]
    public void Fit_TwoRings_AreToldApartWhereKMeansCannot()
    {
        Rows rings = Rings(400);
        int[] clusters = SpectralClustering.Fit(rings, new SpectralOptions { ClusterCount = 2, NeighbourCount = 8 });
        Assert.All(Enumerable.Range(0, 400), i => Assert.Equal(clusters[i % 2], clusters[i]));
        Assert.NotEqual(clusters[0], clusters[1]);
        int[] means = KMeansClustering.Fit(rings, new KMeansOptions { ClusterCount = 2 }).Labels;
        Assert.Contains(Enumerable.Range(0, 400), i => means[i] != means[i % 2]);
        Assert.Equal(clusters, SpectralClustering.Assign(rings, rings, clusters,
            new SpectralOptions { ClusterCount = 2, NeighbourCount = 8 }));
    }

    /// <summary>More clusters than vectors split the rings, and none has rows of both.</summary>
    [Fact]
    public void Fit_MoreClustersThanVectors_SplitsTheRings()
    {
        Rows rings = Rings(400);
        var options = new SpectralOptions { ClusterCount = 6, VectorCount = 4, NeighbourCount = 8 };
        Assert.Equal(4, SpectralClustering.Embed(rings, options).Width);
        int[] clusters = SpectralClustering.Fit(rings, options);
        Assert.Equal(6, clusters.Distinct().Count());
        Assert.Empty(clusters.Where((_, row) => row % 2 == 0).Intersect(clusters.Where((_, row) => row % 2 == 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Fit_VectorCountOutOfRange_NamesTheRange(int count)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            SpectralClustering.Fit(Samples.Blobs(20, 2, 2, 1), new SpectralOptions { ClusterCount = 2, VectorCount = count }));
        Assert.StartsWith($"'VectorCount' must be in [2..20) or 0, was {count}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_AnyThreadCount_GivesTheSame()
    {
        Rows rows = Samples.Blobs(900, 4, 5, 3);
        int[][] found =
            [.. new[] { 1, 2, 4 }.Select(threads =>
            SpectralClustering.Fit(rows, new SpectralOptions { ClusterCount = 5, Threads = threads }))];
        Assert.All(found, clusters => Assert.Equal(found[0], clusters));
    }

    [Fact]
    public void LeadingVectors_SolveTheEquation()
    {
        var graph = new NeighbourGraph(NeighbourSearch.OfEach(Samples.Blobs(300, 2, 3, 6), 10));
        double[] vectors = LeadingVectors.Find(graph, 4, 0, 1), product = new double[vectors.Length];
        graph.Multiply(vectors, product, 4, 1);
        for (int k = 0; k < 4; k++)
        {
            double[] vector = [.. Enumerable.Range(0, 300).Select(row => vectors[row * 4 + k])],
                image = [.. Enumerable.Range(0, 300).Select(row => product[row * 4 + k])];
            double value = VectorKernels.Dot(vector, image);
            Assert.Equal(1, VectorKernels.Dot(vector, vector), 1e-10);
            Assert.All(vector.Zip(image), pair => Assert.Equal(value * pair.First, pair.Second, 1e-4));
            // The largest is 1, of the vector of the square roots of the degrees.
            Assert.True(k > 0 || Math.Abs(value - 1) < 1e-9);
        }
    }

    [Fact]
    public void NeighbourGraph_ThreeRows_ByHand()
    {
        // 0 and 1 are each other's nearest, 2's nearest is 1: W01 = 1, W12 = 1/2; degrees 1, 3/2, 1/2.
        var graph = new NeighbourGraph(NeighbourSearch.OfEach(new Rows(new float[] { 0, 1, 3 }, 1), 1));
        Assert.Equal([1, 1.5, 0.5], graph.Degrees);
        var product = new double[3];
        graph.Multiply([1, 0, 0], product, 1, 1);
        Assert.Equal([0, 1 / Math.Sqrt(1.5), 0], product);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Fit_ClusterCountOutOfRange_NamesTheRange(int count)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            SpectralClustering.Fit(Samples.Blobs(20, 2, 2, 1), new SpectralOptions { ClusterCount = count }));
        Assert.StartsWith($"'ClusterCount' must be in [2..20), was {count}.", error.Message, StringComparison.Ordinal);
    }

    // Rows of even index lie on a ring of radius 1, the others on one of radius 3.
    static Rows Rings(int count) => new(Enumerable.Range(0, count).SelectMany(i =>
    {
        double radius = i % 2 == 0 ? 1 : 3, angle = 2 * Math.PI * (i / 2) / (count / 2);
        return new[] { (float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)) };
    }).ToArray(), 2);
}
