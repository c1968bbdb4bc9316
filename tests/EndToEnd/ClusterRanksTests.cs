using System.Runtime.InteropServices;
using Toolchain.Data.Embeddings;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl cluster VECTORS --shard i/n</c>: several programs fit together, with the bytes of one.</summary>
public sealed class ClusterRanksTests : CommandTest
{
    // Parts of rows, of which each rank has one or two.
    const int Rows = (4 * 65536) + 99, Width = 3;

    public ClusterRanksTests()
    {
        var random = new Random(1);
        float[] values =
            [.. Enumerable.Range(0, Rows * Width).Select(i => (float)random.NextDouble() + (i / Width % 4 == i % Width ? 1 : 0))];
        EmbeddingFile.Write(In("v.npy"), new EmbeddingTable([.. Enumerable.Range(0, Rows).Select(row => $"{row}")], values));
    }

    [Theory]
    [InlineData("kmeans")]
    [InlineData("gmm")]
    public async Task Ranks_WriteTheBytesOfOneProgram(string method)
    {
        Assert.Equal(0, Run("cluster", In("v.npy"), "--k", "4", "--method", method, "--out", In("one.onnx"), "--quiet").Status);
        CommandResult[] results =
            await Task.WhenAll(Enumerable.Range(0, 3).Select(index => Task.Run(() => Rank(index, 3, "c.onnx", method))));
        Assert.All(results, result => Assert.True(result.Status == 0, result.Error));
        Assert.Equal(File.ReadAllBytes(In("one.onnx")), File.ReadAllBytes(In("c.onnx")));
        Assert.Contains($"; embedding to cluster in {In("c.onnx")}\n", results[0].Output, StringComparison.Ordinal);
        Assert.Equal($"rank 2 of 3: the fit is finished; rank 0 wrote {In("c.onnx")}\n", results[2].Output);
        // Once finished, no rank waits for others, until the output is gone.
        Assert.Equal($"rank 1 of 3: the fit is finished; rank 0 wrote {In("c.onnx")}\n", Rank(1, 3, "c.onnx", method).Output);
        Assert.Equal([In("c.onnx.fit/fit.json")], Directory.GetFiles(In("c.onnx.fit")));
        File.Delete(In("c.onnx"));
        Assert.Equal(0, Rank(0, 1, "c.onnx", method).Status);
        Assert.Equal(File.ReadAllBytes(In("one.onnx")), File.ReadAllBytes(In("c.onnx")));
    }

    /// <summary>kill -9 at random moments; the ranks that are left wait for those that are started again.</summary>
    [Theory]
    [InlineData("kmeans", 0)]
    [InlineData("gmm", 2)]
    public void KilledRanks_GoOnWhenStartedAgain(string method, int killed)
    {
        Assert.Equal(0, Run("cluster", In("v.npy"), "--k", "9", "--method", method, "--out", In("one.onnx"), "--quiet").Status);
        string[] Words(int index) => ["cluster", In("v.npy"), "--k", "9", "--method", method, "--out", In("c.onnx"), "--quiet", "--threads",
            "1", "--shard", $"{index}/3"];
        Uvl[] ranks = [.. Enumerable.Range(0, 3).Select(index => Uvl.Start(Words(index)))];
        try
        {
            for (int kill = 1; kill <= 3; kill++)
            {
                WaitForSteps(kill * 12, ranks[(killed + 1) % 3]);
                ranks[killed].Signal("KILL");
                Assert.NotEqual(0, ranks[killed].Wait().Status);
                ranks[killed].Dispose();
                ranks[killed] = Uvl.Start(Words(killed));
            }
            Assert.All(ranks, rank => Assert.Equal((0, ""), (rank.Wait() is var ended ? ended.Status : 0, ended.Error)));
            Assert.Equal(File.ReadAllBytes(In("one.onnx")), File.ReadAllBytes(In("c.onnx")));
        }
        finally
        {
            Array.ForEach(ranks, rank => rank.Dispose());
        }
    }

    [Fact]
    public void MissingRank_EndsTheWaitOfTheOthers()
    {
        CommandResult result = Rank(1, 2, "c.onnx", "kmeans", "--wait-seconds", "1");
        Assert.Equal((75, "uvl: rank 0 of 2: expected a sign of life in 1 s, found none; start all ranks again, they go on from step "
            + "0. The output was not changed. Fix the cause and rerun the same command.\n"), (result.Status, result.Error));
    }

    [Fact]
    public void AnotherUnfinishedFit_IsRefused()
    {
        Assert.Equal(75, Rank(0, 2, "c.onnx", "kmeans", "--wait-seconds", "1").Status);
        CommandResult other = Run("cluster", In("v.npy"), "--k", "5", "--shard", "1/2", "--out", In("c.onnx"), "--quiet");
        Assert.Equal(2, other.Status);
        Assert.Matches($@"^uvl: '{In("c.onnx.fit")}': expected a fit of kmeans of 5 clusters, seed 0, on {Rows} x 3 numbers \(v.npy, .*\), "
            + @"uvl [^ ]*, found an unfinished one of kmeans of 4 clusters, .*; start that again until it is finished, or delete the "
            + @"folder\.\n$", other.Error);
    }

    [Fact]
    public void StatisticsOfAnotherFit_AreRefused()
    {
        Assert.Equal(75, Rank(0, 2, "c.onnx", "kmeans", "--wait-seconds", "1").Status);
        // Statistics of rank 1 as another fit would have made them.
        var folder = new Toolchain.Commands.Ranks.FitFolder(In("c.onnx"), FitOf(In("c.onnx.fit/fit.json")));
        Toolchain.Commands.Ranks.StepFile.Write(folder.FileOf("0.1-of-2"), "step 0 of another fit", [1]);
        CommandResult result = Rank(0, 2, "c.onnx", "kmeans", "--wait-seconds", "1");
        Assert.Equal(3, result.Status);
        Assert.StartsWith($"uvl: '{folder.FileOf("0.1-of-2")}': expected the statistics of 'step 0 (the longest row) of kmeans of 4 "
            + "clusters",
            result.Error, StringComparison.Ordinal);
        File.WriteAllBytes(folder.FileOf("0.1-of-2"), new byte[100]);
        result = Rank(0, 2, "c.onnx", "kmeans", "--wait-seconds", "1");
        Assert.Equal($"uvl: '{folder.FileOf("0.1-of-2")}': expected whole statistics with their SHA-256, found a damaged file; delete "
            + "it and "
            + "start all ranks again.\n", result.Error);
    }

    [Fact]
    public async Task FailingRank_EndsTheOthers()
    {
        using (FileStream file = File.OpenWrite(In("v.npy")))
        {
            file.Seek(-8, SeekOrigin.End);
            file.Write(MemoryMarshal.AsBytes<float>([float.MaxValue]));
        }
        CommandResult[] results =
            await Task.WhenAll(Enumerable.Range(0, 2).Select(index => Task.Run(() => Rank(index, 2, "c.onnx", "kmeans"))));
        string message = $"'{In("v.npy")}': expected finite embeddings of at most 1e+15 in magnitude, found 3.4028235E+38 in row "
            + $"{Rows - 1}; "
            + "embed the images again with a sound model.\n";
        Assert.Equal([(3, $"uvl: rank 1 of 2 failed: {message}"), (3, $"uvl: {message}")], results.Select(one => (one.Status, one.Error)));
    }

    [Theory]
    [InlineData("--shard: expected --k, the number of clusters, found none.", "--out", "c.onnx")]
    [InlineData("--out 'c.csv': expected a graph of clusters (.onnx) with --shard, found '.csv'; a table of clusters comes from 'uvl "
        + "cluster "
        + "VECTORS --add F.onnx --out T'.", "--out", "c.csv", "--k", "3")]
    public void Mistakes_AreNamed(string message, params string[] words)
    {
        CommandResult result = Run(["cluster", In("v.npy"), "--shard", "0/2", "--quiet", .. words]);
        Assert.Equal((2, $"uvl: {message}\n"), (result.Status, result.Error));
    }

    CommandResult Rank(int index, int count, string output, string method, params string[] more) => Run(["cluster", In("v.npy"), "--k", "4",
        "--method", method, "--out", In(output), "--quiet", "--shard", $"{index}/{count}", .. more]);

    static string FitOf(string statement) => (string)System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(statement))!["fit"]!;

    void WaitForSteps(int count, Uvl living)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!Directory.Exists(In("c.onnx.fit")) || Directory.GetFiles(In("c.onnx.fit"), "*.total").Length < count)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(3), $"no {count} steps, or the fit ended before: {living}");
            Thread.Sleep(2);
        }
    }
}
