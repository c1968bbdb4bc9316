using Toolchain.Cli.Commands;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>Arguments that mean nothing, or would do harm.</summary>
public sealed class BadArgumentTests : CommandTest
{
    static void Fails(string message, params string[] arguments)
    {
        var error = new StringWriter();
        int status = UvlCommand.Create().Run(arguments, TextWriter.Null, error);
        Assert.Equal((2, $"uvl: {message}\n"), (status, error.ToString()));
    }

    [Theory]
    [InlineData("embed", "--device", "gpu", "auto, cpu, cuda")]
    [InlineData("embed", "--device", "5", "auto, cpu, cuda")]
    [InlineData("embed", "--split", "foo", "train, test, all")]
    [InlineData("embed", "--split", "7", "train, test, all")]
    [InlineData("embed", "--fit", "x", "digit, none, letterbox, crop, stretch")]
    [InlineData("cluster", "--split", "1", "train, test, all")]
    [InlineData("cluster", "--method", "dbscan", "kmeans, gmm, balanced, spectral")]
    [InlineData("cluster", "--method", "9", "kmeans, gmm, balanced, spectral")]
    [InlineData("evaluate", "--protocol", "x", "strict, poster, both")]
    [InlineData("evaluate", "--protocol", "7", "strict, poster, both")]
    public void Choice_OfNoneThereIs_NamesThem(string command, string option, string given, string words) =>
        Fails($"{option} '{given}': expected one of {words}. See 'uvl {command} --help'.", command, "m.onnx", "--out", "x.npy", option,
        given);

    [Theory]
    [InlineData("12")]
    [InlineData("24")]
    [InlineData("x")]
    public void Export_UnknownOpset_NamesTheKnown(string given) =>
        Fails($"--opset '{given}': expected 13 to 23. See 'uvl export --help'.", "export", "run", "--opset", given);

    [Fact]
    public void Choice_InHelp_IsWrittenAsItIsTyped()
    {
        var output = new StringWriter();
        Assert.Equal(0, UvlCommand.Create().Run(["cluster", "--help"], output, TextWriter.Null));
        string[] parts =
            ["--split <train|test|all>", "--method <kmeans|gmm|balanced|spectral>", "--fit <digit|none|letterbox|crop|stretch>",
            "--device <auto|cpu|cuda>"];
        Assert.All(parts, part =>
            Assert.Contains(part, output.ToString(), StringComparison.Ordinal));
        Assert.All(["KMeans]", "Letterbox", "Auto"], part => Assert.DoesNotContain(part, output.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("embed", "--threads", "-2", "expected at most 64 threads, or 0 for all processors.")]
    [InlineData("embed", "--threads", "x", "expected at most 64 threads, or 0 for all processors.")]
    [InlineData("embed", "--threads", "1000", "expected at most 64 threads, or 0 for all processors.")]
    [InlineData("evaluate", "--tsne", "-1", "expected a number of images, or 0 for no plot.")]
    [InlineData("tsne", "--perplexity", "5,5", "expected a number, such as 0.5.")]
    [InlineData("tsne", "--perplexity", "NaN", "expected a number, such as 0.5.")]
    public void Number_ThatIsNone_IsRefused(string command, string option, string given, string rule) =>
        Fails($"{option} '{given}': {rule.Replace("64", $"{Math.Max(64, Environment.ProcessorCount)}", StringComparison.Ordinal)} See 'uvl "
            + $"{command} --help'.", command, "m.onnx", "--out", "x.npy", option, given);

    [Fact]
    public void Number_OfANestedCommand_IsRefusedToo() =>
        Fails("--range '1,5': expected a number, such as 0.5. See 'uvl plot generator --help'.", "plot", "generator", "m.onnx", "--out",
        "x.png", "--range", "1,5");

    [Theory]
    [InlineData("x.npy", "x.npy", "x.npy")]
    [InlineData("x.npy", "sub/../x.npy", "x.npy")]
    [InlineData("x.npy", "x.npy", "x.npy", "--shard", "0/1")]
    [InlineData("x.labels.npy", "x.npy", "x.labels.npy")]
    [InlineData("images.npy,x.names.txt", "x.npy", "x.names.txt")]
    [InlineData("x.csv", "x.csv", "x.csv")]
    public void Embed_OverItsImages_IsRefused(string data, string output, string replaced, params string[] rest)
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28, .. StrokeDigits.Draw(1, 1).Pixels],
            labels = [0, 0, 8, 1, 0, 0, 0, 1, 3];
        string[] files = [.. data.Split(',').Select(In)];
        for (int i = 0; i < files.Length; i++)
        {
            File.WriteAllBytes(files[i], i == 0 ? images : labels);
        }
        var graph = new GraphBuilder("encoder");
        graph.Output("embedding", graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28))));
        graph.Build().Save(In("model.onnx"));
        Fails($"--out '{In(output)}': writing it would replace '{In(replaced)}', which is read; name another file.",
            ["embed", In("model.onnx"), "--quiet", "--data", string.Join(',', files), "--out", In(output), .. rest]);
        Assert.Equal(images, File.ReadAllBytes(files[0]));
    }

    [Theory]
    [InlineData("g.npy")]
    [InlineData("g.labels.npy")]
    public void Tsne_OverItsEmbeddings_IsRefused(string output)
    {
        NpyFile.Write(In("g.npy"), TensorEntry.Of<float>([.. Enumerable.Range(0, 200).Select(i => (float)i)], 100, 2));
        NpyFile.Write(In("g.labels.npy"), TensorEntry.Of<byte>(new byte[100], 100));
        byte[] before = File.ReadAllBytes(In(output));
        Fails($"--out '{In(output)}': writing it would replace '{In(output)}', which is read; name another file.", "tsne", In("g.npy"),
            "--quiet", "--iterations", "5", "--out", In(output));
        Assert.Equal(before, File.ReadAllBytes(In(output)));
    }

    [Theory]
    [InlineData("MODEL '': expected a value, found an empty text.", "embed", "", "--out", "x.npy")]
    [InlineData("--out '': expected a value, found an empty text.", "embed", "m.onnx", "--out", "")]
    [InlineData("--data '': expected a value, found an empty text.", "evaluate", "m.onnx", "--data", "")]
    [InlineData("expected MODEL, found none.", "tsne", "--out", "x.png")]
    public void Argument_EmptyOrMissing_IsNamed(string message, params string[] arguments) =>
        Fails($"{message} See 'uvl {arguments[0]} --help'.", arguments);

    [Fact]
    public void Fetch_DatasetOfNoSuchName_NamesThem() =>
        Fails("NAME 'kmnst': expected one of mnist, fashion-mnist, kmnist, qmnist, emnist-balanced, emnist-letters, "
            + "emnist-digits, cifar10, usps. See 'uvl data fetch --help'.", "data", "fetch", "kmnst");

    [Fact]
    public void Train_WithoutMethod_NamesThem() =>
        Fails("METHOD: expected one of kmeans, gmm, autoencoder, infogan, moco, capsules, refine, found none.", "train", "--out", "x");

    [Theory]
    [InlineData("nonsense", "--help")]
    [InlineData("--help", "nonsense")]
    public void Help_OfNoCommand_IsRefused(params string[] arguments)
    {
        var error = new StringWriter();
        Assert.Equal(2, UvlCommand.Create().Run(arguments, TextWriter.Null, error));
        Assert.StartsWith("uvl: no command 'nonsense'. Expected train, ", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embed", 228, "231 bytes, found one of 232")]
    [InlineData("evaluate", 256, "255 bytes, found one of 256")]
    public void Out_LongerThanAName_IsRefusedBeforeAnyWork(string verb, int length, string found)
    {
        string name = new string('a', length) + (verb == "embed" ? ".npy" : "");
        Fails($"--out '{name}': expected names of at most {found}; name a shorter one.", verb, "m.onnx", "--data", "strokes:9", "--out",
            name);
    }

    [Fact]
    public void Out_WhereNoFileCanBeMade_IsRefusedBeforeAnyWork()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "has /proc");
        Fails("--out '/proc/x.npy': expected a folder that files can be made in, found '/proc', where they cannot; name another place or "
            + "change its permissions.", "embed", "m.onnx", "--data", "strokes:9", "--out", "/proc/x.npy");
    }

    [Fact]
    public void Tsne_FileThatIsNotThere_IsNamed()
    {
        var error = new StringWriter();
        Assert.Equal(3, UvlCommand.Create().Run(["tsne", In("no.csv"), "--out", In("x.png")], TextWriter.Null, error));
        Assert.Equal($"uvl: '{In("no.csv")}': expected a file, found none.\n", error.ToString());
    }

    [Theory]
    [InlineData("9", "'perplexity' must be in [1..6] for 20 rows, was 9.")]
    [InlineData("0.5", "'perplexity' must be at least 1, was 0.5.")]
    public void Tsne_PerplexityOutOfRange_IsRefused(string given, string message)
    {
        var graph = new GraphBuilder("encoder");
        graph.Output("embedding", graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28))));
        graph.Build().Save(In("m.onnx"));
        Fails(message, "tsne", In("m.onnx"), "--data", "strokes:20", "--split", "all", "--perplexity", given, "--out", In("x.png"));
    }

    [Theory]
    [InlineData("views", "moco")]
    [InlineData("plot", "generator", "m.onnx")]
    [InlineData("plot", "capsules", "m.onnx")]
    public void Sheet_OfAnotherKindThanPng_IsRefused(params string[] command) =>
        Fails("--out 'x.jpg': expected .png.", [.. command, "--out", "x.jpg"]);
}
