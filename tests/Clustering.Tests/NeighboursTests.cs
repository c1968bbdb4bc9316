using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Clustering.Tests;

public sealed class NeighboursTests
{
    [Fact]
    public void Cosine_ByHand()
    {
        Rows known = new(new float[] { 1, 0, 0, 5, 3, 3 }, 2);
        (_, int[] indices, float[] similarities) = NeighbourSearch.Cosine(new Rows(new float[] { 2, 0.1f }, 2), known, 2);
        Assert.Equal([0, 2], indices);
        Assert.Equal(2 / MathF.Sqrt(4.01f), similarities[0], 1e-6);
    }

    [Fact]
    public void Cosine_RandomRows_EqualsSortingAll()
    {
        Rows queries = Samples.Blobs(301, 13, 5, 1), known = Samples.Blobs(1111, 13, 5, 2);
        (_, int[] indices, float[] similarities) = NeighbourSearch.Cosine(queries, known, 20);
        for (int q = 0; q < queries.Count; q++)
        {
            double[] cosines = [.. Enumerable.Range(0, known.Count).Select(row => Cosine(queries[q], known[row]))];
            double[] best = [.. cosines.OrderDescending().Take(20)];
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(best[i], similarities[q * 20 + i], 1e-5);
                Assert.Equal(best[i], cosines[indices[q * 20 + i]], 1e-5);
            }
        }
    }

    [Fact]
    public void Cosine_Ties_GoToTheLowerIndex()
    {
        (_, int[] indices, _) = NeighbourSearch.Cosine(new Rows(new float[] { 1 }, 1), new Rows(Enumerable.Repeat(1f, 600).ToArray(), 1),
            3);
        Assert.Equal([0, 1, 2], indices);
    }

    [Fact]
    public void Cosine_TooMany_NamesTheRange()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            NeighbourSearch.Cosine(Samples.Blobs(2, 3, 1, 1), Samples.Blobs(5, 3, 1, 1), 6));
        Assert.StartsWith("'count' must be in [1..5], was 6.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 777)]
    [InlineData(123, 300)]
    [InlineData(776, 1)]
    [InlineData(40, 0)]
    public void OfRange_HasTheBitsOfOfEach(int first, int length)
    {
        Rows rows = Samples.Blobs(777, 13, 5, 2);
        NeighbourTable each = NeighbourSearch.OfEach(rows, 15), range = NeighbourSearch.OfRange(rows, (first, length), 15, 2);
        Assert.Equal(each.Indices[(first * 15)..((first + length) * 15)], range.Indices);
        Assert.Equal(each.Values[(first * 15)..((first + length) * 15)], range.Values);
    }

    // More rows than are held as panels at once. Small whole numbers: distances are exact, and often equal.
    [Fact]
    public void OfRange_OfManyRows_FindsNeighboursInAllBlocks()
    {
        const int border = 1 << 18;
        var random = new Random(1);
        var rows = new Rows(Enumerable.Range(0, (2 * border + 40) * 8).Select(_ => (float)random.Next(8)).ToArray(), 8);
        NeighbourTable found = NeighbourSearch.OfRange(rows, (border - 3, 6), 4);
        for (int query = 0; query < 6; query++)
        {
            int own = border - 3 + query;
            int[] nearest = [.. Enumerable.Range(0, rows.Count).Where(row => row != own)
                .OrderBy(row => VectorKernels.SquaredDistance(rows[row], rows[own])).ThenBy(row => row).Take(4)];
            Assert.Equal(nearest, found.Indices[(query * 4)..(query * 4 + 4)]);
        }
    }

    [Fact]
    public void OfRange_BeyondTheRows_IsRefused()
    {
        Rows rows = Samples.Blobs(9, 3, 1, 1);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => NeighbourSearch.OfRange(rows, (5, 5), 2));
        Assert.StartsWith("'range' must lie in [0..9), had 5 rows from 5 on.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfEach_RandomRows_EqualsSortingAllOthers()
    {
        Rows rows = Samples.Blobs(777, 13, 5, 2);
        (_, int[] indices, float[] distances) = NeighbourSearch.OfEach(rows, 15);
        for (int row = 0; row < rows.Count; row++)
        {
            double[] best =
                [.. Enumerable.Range(0, rows.Count).Where(other => other != row)
                .Select(other => Math.Sqrt(VectorKernels.SquaredDistance(rows[row], rows[other]))).Order().Take(15)];
            Assert.DoesNotContain(row, indices[(row * 15)..(row * 15 + 15)]);
            Assert.All(best.Zip(distances[(row * 15)..(row * 15 + 15)]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    // Small whole numbers: distances are exact and mostly equal, so what is left out at a list's end depends on indices alone.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(47, 46)]
    [InlineData(97, 5)]
    [InlineData(2500, 15)]
    public void OfEach_OfEqualDistances_TakesTheLowerIndicesAtAnyThreadCount(int count, int neighbours)
    {
        var random = new Random(count);
        var rows = new Rows(Enumerable.Range(0, count * 3).Select(_ => (float)random.Next(3)).ToArray(), 3);
        int[] nearest = [.. Enumerable.Range(0, count).SelectMany(own => Enumerable.Range(0, count).Where(row => row != own)
            .OrderBy(row => VectorKernels.SquaredDistance(rows[row], rows[own])).ThenBy(row => row).Take(neighbours))];
        foreach (int threads in new[] { 1, 2, 5 })
        {
            Assert.Equal(nearest, NeighbourSearch.OfEach(rows, neighbours, threads).Indices);
        }
    }

    [Fact]
    public void Euclidean_Ties_GoToTheLowerIndex()
    {
        Rows known = new(new float[] { 3, 1, 5, 1, 3 }, 1);
        Assert.Equal([1, 3, 0, 4, 2], NeighbourSearch.Euclidean(new Rows(new float[] { 0 }, 1), known, 5).Indices);
        Assert.Equal([3, 0], NeighbourSearch.OfEach(known, 2).Indices[2..4]);
    }

    [Fact]
    public void Euclidean_AnyThreadCount_GivesTheSame()
    {
        Rows queries = Samples.Blobs(600, 5, 3, 1), known = Samples.Blobs(900, 5, 3, 2);
        NeighbourTable[] tables = [.. new[] { 1, 2, 4 }.Select(threads => NeighbourSearch.Euclidean(queries, known, 7, threads))];
        Assert.All(tables, table => Assert.Equal(tables[0].Indices, table.Indices));
    }

    static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        return dot / Math.Sqrt(aa * bb);
    }
}
