using Toolchain.Clustering;
using Toolchain.Clustering.Projection;
using Toolchain.Data.Embeddings;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl pca VECTORS</c>: principal components, fitted by one program or several, and applied.</summary>
public sealed class PcaCommandTests : CommandTest
{
    // Of a shared fit: two whole parts and a bit.
    const int SharedRows = (2 * 65536) + 7;

    [Theory]
    [InlineData("e.npy", "r.npy")]
    [InlineData("e.parquet", "r.arrow")]
    [InlineData("e.arrow", "r.parquet")]
    public void Apply_OfTheFittedRows_GivesTheTableOfTheFit(string file, string table)
    {
        (float[] values, int[] labels) = Write(file, 120);
        string fitted = In($"fitted{Path.GetExtension(table)}");
        CommandResult fit = Run("pca", In(file), "--components", "2", "--out", In("p.onnx"), "--quiet", "--json");
        Assert.True(fit.Status == 0, fit.Error);
        Assert.Contains("\"components\":2,\"dimension\":4,\"variance\":0.9", fit.Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("pca", In(file), "--components", "2", "--out", fitted, "--quiet").Status);
        CommandResult applied = Run("pca", In(file), "--apply", In("p.onnx"), "--out", In(table), "--quiet");
        Assert.Equal((0, $"2 components of 120 embeddings in {In(table)}\n"), (applied.Status, applied.Output));
        Assert.Equal(File.ReadAllBytes(fitted), File.ReadAllBytes(In(table)));
        using EmbeddingTable found = EmbeddingFile.Read(In(table));
        Assert.Equal((120, 2), (found.Count, found.Dimension));
        Assert.Equal(labels, found.Labels);
        var rows = new Rows(values, 4);
        Rows expected = Pca.Fit(rows, 2, whiten: false).Project(rows);
        Assert.All(Enumerable.Range(0, 240), i => Assert.Equal(expected.Values.Span[i], found.Embeddings.Span[i], 1e-5f));
        // What takes embeddings takes these.
        Assert.Equal(0, Run("cluster", In(table), "--k", "2", "--out", In("clusters.csv"), "--quiet").Status);
    }

    [Fact]
    public void Whitened_ComponentsHaveVarianceOne()
    {
        Write("e.npy", 120);
        Assert.Equal(0, Run("pca", In("e.npy"), "--whiten", "--out", In("r.npy"), "--quiet").Status);
        using EmbeddingTable found = EmbeddingFile.Read(In("r.npy"));
        Assert.Equal(4, found.Dimension); // all there are
        for (int component = 0; component < 4; component++)
        {
            Assert.Equal(1, Enumerable.Range(0, 120).Sum(row => Math.Pow(found.Embeddings.Span[row * 4 + component], 2)) / 119, 1e-4);
        }
    }

    [Fact]
    public async Task Ranks_WriteTheBytesOfOneProgram()
    {
        Write("v.npy", SharedRows);
        string[] fit = ["pca", In("v.npy"), "--components", "3", "--whiten", "--quiet", "--out"];
        Assert.Equal(0, Run([.. fit, In("one.onnx"), "--threads", "1"]).Status);
        // The last of four ranks has no rows.
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(index => Task.Run(() => Run([.. fit, In("p.onnx"), "--shard", $"{index}/4"]))));
        Assert.All(results, result => Assert.True(result.Status == 0, result.Error));
        Assert.Equal(File.ReadAllBytes(In("one.onnx")), File.ReadAllBytes(In("p.onnx")));
        Assert.EndsWith($"; embedding to component in {In("p.onnx")}\n", results[0].Output, StringComparison.Ordinal);
        Assert.Equal($"rank 3 of 4: the fit is finished; rank 0 wrote {In("p.onnx")}\n", results[3].Output);
    }

    [Theory]
    [InlineData("--components '5': expected at most 4 for 120 embeddings of 4 numbers.", "--out", "p.onnx", "--components", "5")]
    [InlineData("--components '0': expected at least 1.", "--out", "p.onnx", "--components", "0")]
    [InlineData("--out 'p.txt': expected a graph of components (.onnx) or a table of them (.npy, .csv, .parquet, .arrow), found '.txt'.",
        "--out", "p.txt")]
    [InlineData("--out 'p.npy': expected a graph of components (.onnx) with --shard, found '.npy'; a table comes from 'uvl pca VECTORS "
        + "--apply F.onnx --out T'.", "--out", "p.npy", "--shard", "0/2")]
    [InlineData("--whiten: expected for a fit, found --apply 'f.onnx', whose components stay as they are; leave it out.", "--out",
        "p.npy", "--apply", "f.onnx", "--whiten")]
    public void Mistakes_AreNamed(string message, params string[] words)
    {
        Write("e.npy", 120);
        CommandResult result = Run(["pca", In("e.npy"), "--quiet", .. words]);
        Assert.Equal((2, $"uvl: {message}\n"), (result.Status, result.Error));
    }

    [Fact]
    public void OtherFiles_AreRefused()
    {
        Write("e.npy", 120);
        Assert.Equal("uvl: 'm.onnx': expected embeddings (.npy, .csv, .parquet, .arrow), found '.onnx'; embed the images first.\n",
            Run("pca", "m.onnx", "--out", In("p.onnx")).Error);
        Assert.Equal(0, Run("cluster", In("e.npy"), "--k", "3", "--out", In("c.onnx"), "--quiet").Status);
        CommandResult clusters = Run("pca", In("e.npy"), "--apply", In("c.onnx"), "--out", In("r.npy"), "--quiet");
        Assert.Equal((4, $"uvl: '{In("c.onnx")}': expected principal components (input 'embedding', output 'component'), found another "
            + "model; fit them with 'uvl pca VECTORS --components 50 --out pca.onnx'.\n"), (clusters.Status, clusters.Error));
        Assert.Equal(0, Run("pca", In("e.npy"), "--out", In("p.onnx"), "--quiet").Status);
        Write("wide.npy", 120, 5);
        CommandResult wide = Run("pca", In("wide.npy"), "--apply", In("p.onnx"), "--out", In("r.npy"), "--quiet");
        Assert.Equal((2, $"uvl: '{In("wide.npy")}': expected embeddings of width 4 as the components in '{In("p.onnx")}' have, found 5; "
            + "embed the images with the model of the fit.\n"), (wide.Status, wide.Error));
        Assert.False(File.Exists(In("r.npy")));
    }

    // Columns of falling variance that depend on one another.
    (float[] Values, int[] Labels) Write(string file, int rows, int width = 4)
    {
        var random = new Random(1);
        var values = new float[rows * width];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() - .4f) / (1 + i % width) + (i % width > 0 ? .5f * values[i - 1] : 0);
        }
        int[] labels = [.. Enumerable.Range(0, rows).Select(row => row % 10)];
        EmbeddingFile.Write(In(file), new EmbeddingTable([.. Enumerable.Range(0, rows).Select(row => $"{row}")], values, labels));
        return (values, labels);
    }
}
