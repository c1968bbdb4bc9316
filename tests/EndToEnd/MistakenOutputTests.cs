using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;
using Toolchain.Train.Runs;

namespace Toolchain.EndToEnd;

/// <summary>Outputs named by mistake, over files that belong to something else, and runs that lost a file.</summary>
public sealed class MistakenOutputTests(TrainedRuns runs) : CommandTest
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("manifest.json")]
    [InlineData("model.txt")]
    public void Export_OverAFileOfTheRun_IsRefused(string name)
    {
        string run = Train();
        byte[]? before = File.Exists(Path.Combine(run, name)) ? File.ReadAllBytes(Path.Combine(run, name)) : null;
        Fails($"--out '{Path.Combine(run, name)}': expected .onnx.", "export", run, "--out", Path.Combine(run, name));
        Assert.Equal(before, File.Exists(Path.Combine(run, name)) ? File.ReadAllBytes(Path.Combine(run, name)) : null);
    }

    [Fact]
    public void Cluster_OverTheModelOfAnotherManifest_IsRefused()
    {
        string run = Train(), model = Path.Combine(run, "model.onnx");
        Save(In("other.onnx"));
        Fails($"--out '{model}': expected a name that is not in '{Path.Combine(run, "manifest.json")}', which has the digest of the model "
            + "there; name another file.", "cluster", In("other.onnx"), "--data", "strokes:100", "--out", model);
        Assert.Equal(0, Uvl.Run("verify", run).Status);
    }

    // Its first layer is the only one that reads what is no input.
    [Fact]
    public void Export_AutoencoderInEightBits_Works()
    {
        (int status, string output, string error) = Uvl.Run("export", Train(), "--quantize", "int8", "--out", In("int8.onnx"));
        Assert.True(status == 0, error);
        Assert.Contains("int8: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_KMeansInEightBits_IsAWrongArgument()
    {
        Assert.Equal(0, Uvl.Run("train", "kmeans", "--quiet", "--data", "strokes:100", "--out", In("means")).Status);
        Fails("--quantize: expected a model that can be quantized, found another: it has no Conv, Gemm or MatMul with constant float32 "
            + "weights; there is nothing to quantize.", "export", In("means"), "--quantize", "int8", "--out", In("int8.onnx"));
    }

    [Fact]
    public void Resume_WithoutItsCheckpoint_SaysThatItStartsAgain()
    {
        string run = In("stopped");
        Assert.Equal(0, Uvl.Run([.. training, "--set", "stepCount=1000000", "--time", "0.5s", "--out", run]).Status);
        Directory.Delete(Path.Combine(run, "checkpoints"), recursive: true);
        (int status, _, string error) = Uvl.Run("train", "--resume", run, "--quiet", "--time", "0.5s");
        Assert.Equal(0, status);
        Assert.Contains($"'{run}': no checkpoint is there: the training starts again at step 0", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Sweep_InAFolderOfAnother_IsRefused()
    {
        using IDisposable other = RunFolder.Claim(In("sweep"));
        (int status, _, string error) = Uvl.Run("sweep", "gmm", "--quiet", "--data", "strokes:100", "--grid", "restarts=1,2", "--out",
            In("sweep"));
        Assert.Equal(2, status);
        Assert.Contains($"'{In("sweep")}': process {Environment.ProcessId} trains in this folder now", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_MoreThanMemoryHolds_IsRefusedAndLeavesNothing()
    {
        Fails("--set 'embeddingSize=2147483647': expected a whole number of at most 16777216, found '2147483647'.", "train", "autoencoder",
            "--data", "strokes:100", "--set", "embeddingSize=2147483647", "--out", In("run"));
        (int status, _, string error) = Uvl.Run("train", "autoencoder", "--quiet", "--data", "strokes:100", "--set",
            "embeddingSize=16000000", "--set", "hiddenSize=16000000", "--out", In("run"));
        Assert.Equal(71, status);
        Assert.Contains("libtorch cannot have the memory that these options ask for", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("run")));
    }

    [Theory]
    [InlineData("[11,-7]")]
    [InlineData("[1]")]
    public void Cluster_MapThatDoesNotFit_EndsWith4(string map)
    {
        Save(In("map.onnx"), new() { ["uvl.cluster_digits"] = map, ["uvl.clusters"] = "2" });
        (int status, _, string error) = Uvl.Run("cluster", In("map.onnx"), "--quiet", "--data", "strokes:100", "--out", In("x.csv"));
        Assert.Equal(4, status);
        Assert.Contains("metadata 'uvl.cluster_digits': expected a digit for each cluster", error, StringComparison.Ordinal);
    }

    // The most usual foreign model.
    [Fact]
    public void Embed_ModelOfOneImage_EndsWith4AndWhatIsExpected()
    {
        var graph = new GraphBuilder("one");
        graph.Output("embedding", graph.Flatten(graph.Input("image", ElementType.Float32, new Shape(1, 1, 28, 28))), new Shape(1, 784));
        graph.Build().Save(In("one.onnx"));
        (int status, _, string error) = Uvl.Run("embed", In("one.onnx"), "--quiet", "--data", "strokes:100", "--out", In("x.npy"));
        Assert.Equal(4, status);
        Assert.Contains("expected 'image' as [N,C,H,W] with a free N, 1 or 3 channels and sides of 8 to 128 pixels, found [1,1,28,28]",
            error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embed", "-x", "m.onnx", "--out", "x.npy")]
    [InlineData("embed", "m.onnx", "-v", "--out", "x.npy")]
    public void Option_OfOneLetterThatIsNone_IsNamed(params string[] words) =>
        Fails($"no option '{words.First(word => word is ['-', not '-'])}'. See 'uvl embed --help'.", words);

    [Fact]
    public void Strokes_IntoAFolder_IsAWrongArgument()
    {
        Directory.CreateDirectory(In("sheet.png"));
        Fails($"--out '{In("sheet.png")}': expected the name of a file, found that of a folder.", "data", "strokes", "--out",
            In("sheet.png"));
    }

    // A device has no length and no end.
    [Fact]
    public void Verify_ManifestThatIsADevice_EndsWith4()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "has /dev/zero");
        Save(In("model.onnx"));
        File.CreateSymbolicLink(In("manifest.json"), "/dev/zero");
        (int status, _, string error) = Uvl.Run("verify", In("model.onnx"));
        Assert.Equal(4, status);
        Assert.Contains("expected a manifest in JSON, found an empty file or no regular file", error, StringComparison.Ordinal);
    }

    static readonly string[] training =
        ["train", "autoencoder", "--quiet", "--data", "strokes:200", "--threads", "1", "--set", "batchSize=16"];

    string Train() => runs.Copy(In("run"), [.. training, "--set", "stepCount=4"]);

    // Two clusters by the mean of an image.
    static void Save(string path, Dictionary<string, string>? metadata = null)
    {
        var graph = new GraphBuilder("map");
        Value flat = graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)));
        Value embedding = graph.Reduce("ReduceMean", flat, [1], keep: true);
        graph.Output("embedding", embedding, new Shape("N", 1));
        graph.Output("cluster", graph.Reduce("ReduceMax", graph.Cast(embedding, ElementType.Int64), [1]));
        OnnxModel model = graph.Build();
        (metadata is null ? model : model.WithMetadata(metadata)).Save(path);
    }

    static void Fails(string message, params string[] words)
    {
        (int status, _, string error) = Uvl.Run(words);
        Assert.Equal((2, $"uvl: {message}\n"), (status, error));
    }
}
