using Toolchain.Data.Embeddings;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl cluster VECTORS.npy</c>: clusters of embeddings without a model.</summary>
public sealed class ClusterVectorsTests : CommandTest
{
    [Theory]
    [InlineData("e.npy", "kmeans", "clusters.csv")]
    [InlineData("e.parquet", "gmm", "clusters.npy")]
    [InlineData("e.arrow", "kmeans", "clusters.parquet")]
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
    [InlineData("--out 'c.onnx': expected a table of clusters (.npy, .csv, .parquet, .arrow) for the embeddings '{0}', found '.onnx'; a "
        + "fused model needs an encoder.", 2, "--out", "c.onnx")]
    [InlineData("--k '91': expected at most 90, the number of embeddings.", 2, "--out", "c.csv", "--k", "91")]
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

    void Write(string file)
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 90 * 2).Select(i => (float)random.NextDouble() + 10 * (i / 2 % 3))];
        EmbeddingFile.Write(In(file), new EmbeddingTable([.. Enumerable.Range(0, 90).Select(row => $"{row}")], values));
    }
}
