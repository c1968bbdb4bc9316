
namespace Toolchain.EndToEnd;

/// <summary>A run folder belongs to one process at a time, and its files to one run.</summary>
public sealed class RunBindingTests(TrainedRuns runs) : CommandTest
{
    static readonly string[] training = ["train", "autoencoder", "--quiet", "--data", "strokes:700", "--threads", "1", "--set",
        "batchSize=32"];

    [Fact]
    public void Train_FolderInWhichAnotherTrains_IsRefusedAndHarmsNothing()
    {
        using Uvl first = Uvl.Start([.. training, "--set", "stepCount=200", "--out", In("run")]);
        first.WaitForLines(In("run/metrics.jsonl"), 5);
        (int status, _, string error) = Run("train", "autoencoder", "--quiet", "--resume", In("run"));
        Assert.Equal(2, status);
        Assert.Matches(@"^uvl: '.*run': process [0-9]+ trains in this folder now; wait until it ends, or name another folder\.\n$", error);
        Assert.Equal(new(2, "", error), Run([.. training, "--out", In("run")]));
        Assert.Equal(0, first.Wait().Status);
        Assert.Equal(200, File.ReadLines(In("run/metrics.jsonl")).Count());
        Assert.DoesNotContain(Directory.GetFiles(In("run")), path => Path.GetFileName(path).StartsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_TwoAtOnceIntoOneFolder_OneIsRefused()
    {
        for (int delay = 0; delay <= 500; delay += 250)
        {
            string run = In($"run-{delay}");
            using Uvl first = Uvl.Start([.. training, "--set", "stepCount=30", "--out", run]);
            Thread.Sleep(delay);
            using Uvl second = Uvl.Start([.. training, "--set", "stepCount=30", "--seed", "1", "--out", run]);
            int[] ends = [first.Wait().Status, second.Wait().Status];
            Assert.Equal([0, 2], ends.Order());
            Assert.Contains($"\"seed\": {Array.IndexOf(ends, 0)}", File.ReadAllText(Path.Combine(run, "config.json")),
                StringComparison.Ordinal);
            Assert.Contains($"\"seed\": {Array.IndexOf(ends, 0)}", File.ReadAllText(Path.Combine(run, "manifest.json")),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("kmeans", "clusterCount=100")]
    [InlineData("gmm", "componentCount=100")]
    [InlineData("autoencoder", "batchSize=100")]
    [InlineData("refine", "from=nowhere")]
    public void Train_OptionThatDoesNotFit_LeavesNoFolderBehind(string method, string setting)
    {
        (int status, _, string error) = Run("train", method, "--quiet", "--data", "strokes:50", "--set", setting, "--out", In("run"));
        Assert.True(status is 2 or 3, $"{status}: {error}");
        Assert.False(Directory.Exists(In("run")), error);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.onnx")]
    public void Export_FileOfAnotherRun_EndsWith4(string swapped)
    {
        foreach (int seed in new[] { 0, 1 })
        {
            runs.Copy(In($"{seed}"), "train", "kmeans", "--quiet", "--data", "strokes:200", "--seed", $"{seed}");
        }
        Assert.Equal(0, Run("export", In("0"), "--out", In("a.onnx")).Status);
        File.Copy(In($"1/{swapped}"), In($"0/{swapped}"), overwrite: true);
        (int status, _, string error) = Run("export", In("0"), "--out", In("b.onnx"));
        Assert.True(status == 4, $"{status}: {error}");
        Assert.Contains($"0/{swapped}': expected the file that ", error, StringComparison.Ordinal);
        Assert.False(File.Exists(In("b.onnx")));
    }

    [Theory]
    [InlineData("evaluate", "--tsne", "0", "--out", "report")]
    [InlineData("embed", "--out", "x.npy")]
    public void Apply_ConfigurationOfAnotherRun_EndsWith4(string verb, params string[] rest)
    {
        runs.Copy(In("0"), [.. training, "--set", "stepCount=3"]);
        File.AppendAllText(In("0/config.json"), " ");
        (int status, _, string error) = Run([verb, In("0"), "--data", "strokes:60", .. rest[..^1], In(rest[^1])]);
        Assert.True(status == 4, $"{status}: {error}");
        Assert.Contains("0/config.json': expected the SHA-256 ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_WithoutMethod_TakesThatOfTheRun()
    {
        Assert.Equal(0, Run([.. training, "--set", "stepCount=30", "--time", "0.01s", "--out", In("0")]).Status);
        (int status, _, string error) = Run("train", "--quiet", "--resume", In("0"));
        Assert.Equal((0, ""), (status, error));
        Assert.True(File.Exists(In("0/manifest.json")));
    }

    [Fact]
    public void Resume_CheckpointOfAnotherRun_EndsWith4()
    {
        foreach (int seed in new[] { 0, 1 })
        {
            Assert.Equal(0, Run([.. training, "--set", "stepCount=30", "--time", "0.01s", "--seed", $"{seed}", "--out",
                In($"{seed}")]).Status);
        }
        File.Copy(In("1/checkpoints/last.safetensors"), In("0/checkpoints/last.safetensors"), overwrite: true);
        (int status, _, string error) = Run("train", "autoencoder", "--quiet", "--resume", In("0"));
        Assert.Equal(4, status);
        Assert.Contains("last.safetensors': expected a checkpoint of the config.json beside it", error, StringComparison.Ordinal);
    }
}
