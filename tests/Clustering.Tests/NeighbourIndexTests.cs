using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Spectral;
using Toolchain.Clustering.Tsne;

namespace Toolchain.Clustering.Tests;

public sealed class NeighbourIndexTests
{
    static readonly NeighbourIndexOptions allCells = new() { CellSize = 50, Probes = int.MaxValue, Refinements = 0 };

    [Fact]
    public void AllCells_EqualExact()
    {
        Rows rows = Samples.Blobs(1777, 13, 5, 2), queries = Samples.Blobs(311, 13, 5, 3);
        var index = NeighbourIndex.Build(rows, allCells);
        Same(NeighbourSearch.OfEach(rows, 15), index.OfEach(15));
        Same(NeighbourSearch.Euclidean(queries, rows, 7), index.Search(queries, 7));
    }

    [Fact]
    public void Restore_GivesWhatWasBuilt()
    {
        Rows rows = Samples.Blobs(3000, 8, 6, 4), queries = Samples.Blobs(100, 8, 6, 5);
        var options = new NeighbourIndexOptions { CellSize = 40, Probes = 3 };
        var built = NeighbourIndex.Build(rows, options);
        var restored = NeighbourIndex.Restore(rows, built.Centres, built.Cells, options);
        Assert.Equal((3000, 8), (restored.Count, restored.Width));
        Assert.Equal(built.Search(queries, 9).Indices, restored.Search(queries, 9).Indices);
        Assert.Equal(built.OfEach(9).Indices, restored.OfEach(9).Indices);
        Assert.Throws<ArgumentException>(() => NeighbourIndex.Restore(rows, built.Centres, built.Cells[1..], options));
        Assert.Throws<ArgumentException>(() =>
            NeighbourIndex.Restore(rows, built.Centres, [.. built.Cells[1..], built.Centres.Count], options));
    }

    [Theory]
    [InlineData(0, .5, .9)]
    [InlineData(2, .98, 1)]
    public void Refinement_FindsNeighboursInCellsThatAreNotSearched(int refinements, double least, double most)
    {
        Rows rows = Samples.Blobs(20_000, 6, 1, 7);
        double recall = Recall(rows, new NeighbourIndexOptions { CellSize = 100, Probes = 4, Refinements = refinements });
        Assert.True(recall >= least && recall <= most, $"recall {recall}");
    }

    [Fact]
    public void AnyThreadCount_GivesTheSameBits()
    {
        Rows rows = Samples.Blobs(5000, 16, 20, 8);
        NeighbourTable[] tables = [.. new[] { 1, 2, 5 }.Select(threads =>
            NeighbourIndex.Build(rows, new NeighbourIndexOptions { CellSize = 64, Probes = 4, Threads = threads }).OfEach(10))];
        Assert.All(tables, table => Assert.Equal(tables[0].Indices, table.Indices));
        Assert.All(tables, table => Assert.Equal(tables[0].Values, table.Values));
    }

    [Fact]
    public void EqualRows_AreNeighboursOfEachOther_InPartsOfACell()
    {
        Rows blobs = Samples.Blobs(500, 3, 2, 9);
        Rows rows = new((float[])[.. Enumerable.Repeat(9f, 4000 * 3), .. blobs.Values.Span], 3);
        NeighbourTable found = NeighbourIndex.Build(rows, new NeighbourIndexOptions { CellSize = 20, Probes = 2 }).OfEach(5);
        for (int row = 0; row < 4000; row++)
        {
            ReadOnlySpan<int> near = found.Indices.AsSpan(row * 5, 5);
            Assert.Equal(5, near.ToArray().Distinct().Count());
            Assert.DoesNotContain(row, near.ToArray());
            Assert.Equal([0f, 0, 0, 0, 0], found.Values.AsSpan(row * 5, 5));
        }
    }

    [Fact]
    public void CellsOfFewRows_AreCompletedFromAll()
    {
        Rows rows = Samples.Blobs(300, 4, 3, 10);
        Same(NeighbourSearch.OfEach(rows, 299),
            NeighbourIndex.Build(rows, new NeighbourIndexOptions { CellSize = 5, Probes = 1, Refinements = 0 }).OfEach(299));
    }

    [Fact]
    public void CellParts_ByHand()
    {
        var parts = new CellParts([0, 1, 1, 1, 1, 1, 0], 2, 2);
        Assert.Equal([0, 1, 1, 2, 2, 3, 0], parts.Of);
        int[] wanted = new int[4];
        parts.Expand([1, 0], 3, wanted);
        Assert.Equal([3, 1, 2, 0], wanted);
        parts.Expand([0], -1, wanted);
        Assert.Equal([0, -1], wanted[..2]);
    }

    [Fact]
    public void Modes_AutoIsExactForFewRows_SpectralAndTsneTakeEither()
    {
        Rows rows = Samples.Blobs(2000, 16, 5, 11);
        Assert.Equal(NeighbourSearch.OfEach(rows, 15).Indices, NeighbourSearch.OfEach(rows, 15, NeighbourMode.Auto).Indices);
        int[] exact = SpectralClustering.Fit(rows, new SpectralOptions { ClusterCount = 5 });
        Assert.Equal(exact, SpectralClustering.Fit(rows, new SpectralOptions { ClusterCount = 5, Neighbours = NeighbourMode.Approximate }));
        List<int> told = [];
        var options = new TsneOptions { Iterations = 100, Neighbours = NeighbourMode.Approximate };
        Assert.InRange(TsneEmbedding.Fit(rows, options, told.Add).Divergence, .1, 4);
        Assert.Equal(Enumerable.Range(0, 101), told);
    }

    [Theory]
    [InlineData("CellSize", "'CellSize' must be at least 1, was 0.")]
    [InlineData("Probes", "'Probes' must be at least 1, was 0.")]
    [InlineData("Refinements", "'Refinements' must be at least 0, was -1.")]
    public void Build_BadOption_NamesIt(string name, string message)
    {
        var options = new NeighbourIndexOptions();
        options = name switch
        {
            "CellSize" => options with { CellSize = 0 },
            "Probes" => options with { Probes = 0 },
            _ => options with { Refinements = -1 },
        };
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => NeighbourIndex.Build(Samples.Blobs(9, 2, 1, 1), options)).Message);
    }

    static double Recall(Rows rows, NeighbourIndexOptions options)
    {
        const int count = 15;
        (_, int[] exact, _) = NeighbourSearch.OfEach(rows, count);
        (_, int[] found, _) = NeighbourIndex.Build(rows, options).OfEach(count);
        return Enumerable.Range(0, rows.Count).Average(row => exact.AsSpan(row * count, count).ToArray()
            .Intersect(found.AsSpan(row * count, count).ToArray()).Count() / (double)count);
    }

    static void Same(NeighbourTable expected, NeighbourTable found)
    {
        Assert.Equal(expected.Indices, found.Indices);
        Assert.Equal(expected.Values, found.Values);
    }
}
