using Toolchain.Data.Embeddings;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl cluster VECTORS.npy</c>: clusters of embeddings without a model.</summary>
public sealed class ClusterVectorsTests : CommandTest
{
    [Theory]
    [InlineData("e.npy", "kmeans", "clusters.csv")]
    [InlineData("e.parquet", "gmm", "clusters.npy")]
    [InlineData("e.arrow", "kmeans", "clusters.parquet")]
    [InlineData("e.npy", "balanced", "clusters.npy")]
    public void Cluster_Embeddings_WritesTheClusterOfEach(string file, string method, string output)
    {
        Write(file);
        CommandResult result = Run("cluster", In(file), "--k", "3", "--method", method, "--out", In(output), "--quiet", "--json");
        Assert.Equal(0, result.Status);
        Assert.Contains("\"k\":3", result.Output, StringComparison.Ordinal);
        long[] clusters = output.EndsWith(".npy", StringComparison.Ordinal)
            ? Toolchain.Data.Npy.NpyFile.Read(In(output)).ToArray<long>()
            : output.EndsWith(".csv", StringComparison.Ordinal)
                ? [.. File.ReadLines(In(output)).Skip(1).Select(line => long.Parse(line.Split(',')[^1], null))] : [];
        if (clusters.Length > 0)
        {
            // Rows of three clouds in turn.
            Assert.Equal(90, clusters.Length);
            Assert.All(clusters.Index(), row => Assert.Equal(clusters[row.Index % 3], row.Item));
            Assert.Equal(3, clusters.Distinct().Count());
        }
        Assert.True(File.Exists(In(output)));
    }

    [Theory]
    [InlineData("'{0}': ends at offset", 3, "broken")]
    [InlineData("--data: expected with a model, found the embeddings '{0}'; leave it out.", 2, "--out", "c.csv", "--data", "mnist")]
    [InlineData("--out 'c.txt': expected a table of clusters (.npy, .csv, .parquet, .arrow) or a graph of them (.onnx) for the embeddings "
        + "'{0}', found '.txt'.", 2, "--out", "c.txt")]
    [InlineData("--k: expected for a fit, found --add 'f.onnx', whose clusters stay as they are; leave it out.", 2, "--out", "c.csv",
        "--add", "f.onnx", "--k", "3")]
    [InlineData("--k '91': expected at most 90, the number of embeddings.", 2, "--out", "c.csv", "--k", "91")]
    [InlineData("--method balanced: expected kmeans or gmm with --shard; balanced clusters are fitted by one program.", 2, "--out",
        "c.onnx", "--k", "3", "--method", "balanced", "--shard", "0/2")]
    [InlineData("--k '0': expected at least 1.", 2, "--out", "c.csv", "--k", "0")]
    public void Cluster_Mistakes_AreNamed(string message, int status, params string[] arguments)
    {
        Write("e.npy");
        bool broken = arguments[0] == "broken";
        if (broken)
        {
            File.WriteAllBytes(In("e.npy"), File.ReadAllBytes(In("e.npy"))[..200]);
        }
        CommandResult result = Run(["cluster", In("e.npy"), .. broken ? ["--out", "c.csv"] : arguments, "--quiet"]);
        Assert.Equal(status, result.Status);
        Assert.StartsWith($"uvl: {string.Format(null, message, In("e.npy"))}", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists("c.csv"));
    }

    [Theory]
    [InlineData("kmeans")]
    [InlineData("gmm")]
    [InlineData("balanced")]
    public void Add_OfTheFittedRows_GivesTheClustersOfTheFit(string method)
    {
        Write("e.npy");
        string[] fit = ["cluster", In("e.npy"), "--k", "3", "--method", method, "--quiet", "--out"];
        Assert.Equal(0, Run([.. fit, In("c.onnx")]).Status);
        Assert.Equal(0, Run([.. fit, In("fitted.csv")]).Status);
        CommandResult result = Run("cluster", In("e.npy"), "--add", In("c.onnx"), "--out", In("added.csv"), "--json");
        Assert.Equal(0, result.Status);
        Assert.Contains("\"far\":0,\"moved\":0}", result.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(In("fitted.csv")), File.ReadAllText(In("added.csv")));
    }

    // Of the rows that come, all lie beyond the fitted ones, and in one cluster of three.
    [Fact]
    public void Add_OfOtherRows_WarnsOfDrift()
    {
        Write("e.npy");
        Assert.Equal(0, Run("cluster", In("e.npy"), "--k", "3", "--out", In("c.onnx"), "--quiet").Status);
        Write("other.npy", shift: 100, clouds: 1);
        CommandResult result = Run("cluster", In("other.npy"), "--add", In("c.onnx"), "--out", In("other.csv"));
        Assert.Equal(0, result.Status);
        Assert.Contains("100.0 % of the rows are farther from their cluster than 99 % of the fitted ones; fit the clusters again on all "
            + "rows", result.Error, StringComparison.Ordinal);
        Assert.Contains("(total variation 0.67): cluster", result.Error, StringComparison.Ordinal);
        Assert.Contains("had 33.3 % and has 100.0 %", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_VectorsOfAnotherWidth_IsRefused()
    {
        Write("e.npy");
        Assert.Equal(0, Run("cluster", In("e.npy"), "--k", "3", "--out", In("c.onnx"), "--quiet").Status);
        EmbeddingFile.Write(In("wide.npy"), new EmbeddingTable(["a"], [1, 2, 3]));
        CommandResult result = Run("cluster", In("wide.npy"), "--add", In("c.onnx"), "--out", In("wide.csv"), "--quiet");
        Assert.Equal(2, result.Status);
        Assert.Equal($"uvl: '{In("wide.npy")}': expected embeddings of width 2 as the clusters in '{In("c.onnx")}' have, found 3; embed "
            + "the images with the model of the fit.\n", result.Error);
        Assert.False(File.Exists(In("wide.csv")));
    }

    void Write(string file, float shift = 0, int clouds = 3)
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 90 * 2).Select(i => (float)random.NextDouble() + shift + 10 * (i / 2 % clouds))];
        EmbeddingFile.Write(In(file), new EmbeddingTable([.. Enumerable.Range(0, 90).Select(row => $"{row}")], values));
    }
}
