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
        graph.Multiply(vectors, product, new(1, 0, 0), 1);
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
        graph.Multiply([1, 0, 0], product, new(1, 0, 0), 1);
        Assert.Equal([0, 1 / Math.Sqrt(1.5), 0], product);
        // 2 A x + 3 x - what was there
        double[] result = [1, 2, 3];
        graph.Multiply([1, 0, 0], result, new(2, 3, -1), 1);
        Assert.Equal([3 - 1, 2 / Math.Sqrt(1.5) - 2, -3], result);
    }

    [Fact]
    public void Ordered_InPieces_IsTheSameGraph()
    {
        // Two blobs far apart: two pieces of the graph.
        var graph = new NeighbourGraph(NeighbourSearch.OfEach(Samples.Blobs(200, 2, 3, 2), 5));
        int[] order = graph.Pieces();
        NeighbourGraph ordered = graph.Ordered(order);
        double[] x = [.. Enumerable.Range(0, 200).Select(i => Math.Sin(i))], product = new double[200], other = new double[200];
        graph.Multiply(x, product, new(1, 0, 0), 1);
        ordered.Multiply(Array.ConvertAll(order, node => x[node]), other, new(1, 0, 0), 1);

        Assert.Equal(Enumerable.Range(0, 200), order.Order());
        Assert.NotEqual(Enumerable.Range(0, 200), order);
        Assert.All(order.Zip(other), pair => Assert.Equal(product[pair.First], pair.Second, 1e-12));
    }

    [Theory]
    [InlineData(500, 7, false)]
    [InlineData(500, 7, true)]
    [InlineData(6, 6, true)]
    public void Orthonormalize_OfColumns_KeepsTheirSpan(int rows, int width, bool nearlyDependent)
    {
        var random = new Random(4);
        double[] matrix = [.. Enumerable.Range(0, rows * width).Select(_ => random.NextDouble() - .5)];
        if (nearlyDependent)
        {
            for (int row = 0; row < rows; row++)
            {
                matrix[row * width + 2] = matrix[row * width] + 1e-9 * matrix[row * width + 1];
            }
        }
        double[] before = [.. matrix];
        TallMatrix.Orthonormalize(matrix, width, 2);
        TallMatrix.Orthonormalize(matrix, width, 2);
        double[] inner = TallMatrix.Products(matrix, matrix, width, 1);
        for (int i = 0; i < width * width; i++)
        {
            Assert.Equal(i / width == i % width ? 1 : 0, inner[i], nearlyDependent && rows > width ? 1e-7 : 1e-12);
        }
        // Each column is a combination of those up to it.
        double[] shares = [.. Enumerable.Range(0, width * width).Select(at => Enumerable.Range(0, rows).Sum(row =>
            matrix[row * width + at / width] * before[row * width + at % width]))];
        for (int column = 0; column < width; column++)
        {
            Assert.All(Enumerable.Range(0, rows), row => Assert.Equal(before[row * width + column], Enumerable.Range(0, column + 1)
                .Sum(k => shares[k * width + column] * matrix[row * width + k]), 1e-7));
        }
    }

    [Fact]
    public void Orthonormalize_ThreadCount_ChangesNothing()
    {
        var random = new Random(5);
        double[] matrix = [.. Enumerable.Range(0, 3000 * 5).Select(_ => random.NextDouble())];
        double[][] found = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            double[] own = [.. matrix];
            TallMatrix.Orthonormalize(own, 5, threads);
            TallMatrix.Rotate(own, [.. Enumerable.Range(0, 25).Select(i => (double)i)], 5, threads);
            return own;
        })];
        Assert.All(found, own => Assert.Equal(found[0], own));
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
