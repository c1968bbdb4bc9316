using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Npy;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl neighbours</c>: an index over vectors, and queries of it.</summary>
public sealed class NeighboursCommandTests : CommandTest
{
    const int Count = 300, Width = 5;

    [Fact]
    public void Index_ByRowAndByFile_GivesTheExactNeighbours()
    {
        Rows rows = Write("e.parquet", Count, 1), others = Write("q.npy", 20, 2);
        Assert.Equal((0, $"{Count} rows in 1 cell in {In("e.index")}\n"), Ok("e.parquet", "--out", In("e.index")));

        NeighbourTable found = NeighbourSearch.Euclidean(others, rows, 4);
        Assert.Equal((0, $"4 neighbours of each of 20 queries in {In("near.npy")}\n"),
            Ok("e.index", "--query", In("q.npy"), "--count", "4", "--mode", "approximate", "--out", In("near.npy")));
        Assert.Equal(found.Indices.Select(row => (long)row), NpyFile.Read(In("near.npy")).ToArray<long>());
        Assert.Equal(found.Values, NpyFile.Read(In("near.distances.npy")).ToArray<float>());

        NeighbourTable each = NeighbourSearch.OfEach(rows, 3);
        Assert.Equal(0, Ok("e.parquet", "--each", "--count", "3", "--out", In("graph.csv")).Status);
        string[] lines = File.ReadAllLines(In("graph.csv"));
        Assert.Equal(("query,rank,row,distance,label", 1 + 3 * Count), (lines[0], lines.Length));
        Assert.StartsWith($"7,2,{each.Indices[22]},", lines[1 + 22], StringComparison.Ordinal);

        (int status, string text) = Ok("e.index", "--row", "7", "--count", "3");
        Assert.Equal((0, 4), (status, text.TrimEnd().Split('\n').Length));
        Assert.All(each.Indices[21..24].Zip(text.TrimEnd().Split('\n').Skip(1)),
            pair => Assert.Equal($"{pair.First}", pair.Second.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]));
        Assert.Contains($"\"rows\":[{string.Join(',', each.Indices[21..24])}]",
            Ok("e.index", "--row", "7", "--count", "3", "--json").Output, StringComparison.Ordinal);
    }

    /// <summary>Two parts of rows, of each of which three ranks have a third.</summary>
    [Fact]
    public async Task Ranks_WriteTheBytesOfOneProgram()
    {
        const int many = 65536 + 999;
        _ = Write("v.npy", many, 1);
        string[] search = ["neighbours", In("v.npy"), "--each", "--mode", "exact", "--count", "3", "--quiet", "--out"];
        CommandResult one = Run([.. search, In("one.npy")]);
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 3).Select(index => Task.Run(() =>
            Run([.. search, In("g.npy"), "--shard", $"{index}/3"]))));
        Assert.All(results, result => Assert.True(result.Status == 0, result.Error));
        Assert.Equal(one.Output.Replace("one.npy", "g.npy"), results[0].Output);
        Assert.Equal($"rank 2 of 3: the fit is finished; rank 0 wrote {In("g.npy")}\n", results[2].Output);
        foreach (string file in new[] { "npy", "distances.npy" })
        {
            Assert.Equal(File.ReadAllBytes(In($"one.{file}")), File.ReadAllBytes(In($"g.{file}")));
        }
    }

    [Theory]
    [InlineData(2, "--shard: expected embeddings, --each, --mode exact and --out F.npy.", "--each", "--shard", "0/2", "--out", "g.npy")]
    [InlineData(2, "--count '300': expected 1 to 299 for 300 rows.", "--each", "--mode", "exact", "--shard", "0/2", "--count", "300",
        "--out", "g.npy")]
    [InlineData(2, "expected --query, --row, --image or --each, or --out F.index to build an index; found neither.")]
    [InlineData(2, "expected one of --query, --row, --image and --each, found several.", "--row", "1", "--each")]
    [InlineData(2, "--row '300': expected a row in [0..300).", "--row", "300")]
    [InlineData(2, "--count '300': expected 1 to 299 for 300 rows.", "--row", "3", "--count", "300")]
    [InlineData(2, "--image, --model: expected both or neither, found one.", "--image", "a.png")]
    [InlineData(2, "--out 'a.csv': expected .index.", "--out", "a.csv")]
    [InlineData(2, "--probes '0': expected at least 1.", "--row", "1", "--probes", "0")]
    [InlineData(2, "the queries: expected 5 numbers each, as in '{0}', found 4; embed both with one model.", "--query", "narrow")]
    [InlineData(3, "'{0}': expected an index of 'uvl neighbours', found other tensors; build one with 'uvl neighbours VECTORS --out {0}'.",
        "other")]
    public void Neighbours_Mistakes_AreNamed(int status, string message, params string[] arguments)
    {
        string source = In("e.npy");
        _ = Write("e.npy", Count, 1);
        EmbeddingFile.Write(In("narrow.npy"), new EmbeddingTable(["a"], new float[4]));
        if (arguments is ["other"])
        {
            (source, arguments) = (In("other.index"), ["--row", "1"]);
            Toolchain.Data.Tensors.SafeTensors.Write(source, []);
        }
        arguments = Array.ConvertAll(arguments, argument => argument == "narrow" ? In("narrow.npy") : argument);
        CommandResult result = Run(["neighbours", source, .. arguments, "--quiet"]);
        Assert.Equal((status, $"uvl: {string.Format(null, message, source)}\n"), (result.Status, result.Error));
    }

    (int Status, string Output) Ok(string source, params string[] arguments)
    {
        CommandResult result = Run(["search", In(source), .. arguments, "--quiet"]);
        return (result.Status, result.Output + result.Error);
    }

    Rows Write(string file, int count, int seed)
    {
        var random = new Random(seed);
        float[] values = [.. Enumerable.Range(0, count * Width).Select(_ => (float)random.NextDouble())];
        EmbeddingFile.Write(In(file), new EmbeddingTable([.. Enumerable.Range(0, count).Select(row => $"{row}")], values,
            [.. Enumerable.Range(0, count).Select(row => row % 10)]));
        return new Rows(values, Width);
    }
}
