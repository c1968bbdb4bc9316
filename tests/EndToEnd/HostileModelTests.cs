using System.Diagnostics;
using Google.Protobuf;
using Onnx;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>
/// Models that mean harm: valid ones without end or bound, foreign weights, and models that are not those of their manifest.
/// </summary>
public sealed class HostileModelTests : CommandTest
{
    public static TheoryData<string> Cases =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Cases"), "hostile-*.onnx").Select(path => Path.GetFileName(path))
        .Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_HostileModel_EndsWith4InOneLine(string name) =>
        IsRefused("verify", Path.Combine(AppContext.BaseDirectory, "Cases", name));

    [Theory]
    [InlineData("embed", "--out", "x.npy")]
    [InlineData("cluster", "--out", "x.onnx")]
    [InlineData("cluster", "--out", "x.csv")]
    [InlineData("probe")]
    [InlineData("evaluate", "--out", "x")]
    [InlineData("tsne", "--out", "x.png")]
    [InlineData("bench")]
    [InlineData("plot", "generator", "--out", "x.png")]
    public void Verb_HostileModel_EndsWith4InOneLineAndWritesNothing(string verb, params string[] more)
    {
        string[] words = verb == "plot" ? [verb, more[0]] : [verb];
        string model = Path.Combine(AppContext.BaseDirectory, "Cases", "hostile-onehot.onnx");
        IEnumerable<string> rest = more.Skip(verb == "plot" ? 1 : 0).Select(word => word.Contains('.') || word == "x" ? In(word) : word);
        IsRefused([.. words, model, "--quiet", .. verb is "bench" or "plot" ? [] : (string[])["--data", "strokes:100"], .. rest]);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    static void IsRefused(params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        (int status, string output, string error) = Uvl.Run(arguments);
        Assert.True(status == 4, $"{status}: {output}{error}");
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("uvl: ", error, StringComparison.Ordinal);
        // 3 s of a processor, and what a busy machine adds.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Embed_ExternalWeights_GivesTheSameBytesFromAnyFolder()
    {
        string model = WithExternalWeights("weights.bin");
        Assert.Equal(0, Uvl.Run("embed", model, "--data", "strokes:70", "--out", In("here.npy")).Status);
        using (Uvl uvl = Uvl.StartFrom(Path.GetTempPath(), "embed", model, "--data", "strokes:70", "--out", In("there.npy")))
        {
            Assert.Equal(0, uvl.Wait().Status);
        }
        Assert.Equal(File.ReadAllBytes(In("here.npy")), File.ReadAllBytes(In("there.npy")));
        Assert.Equal(0, Uvl.Run("verify", model).Status);
    }

    [Theory]
    [InlineData("../weights.bin", "expected a relative path below the model's folder")]
    [InlineData("/etc/ld.so.cache", "expected a relative path below the model's folder")]
    [InlineData("sub/../weights.bin", "expected a relative path below the model's folder")]
    [InlineData("./weights.bin", "expected a relative path below the model's folder")]
    [InlineData("*/_ORT_MEM_ADDR_/*", "where no regular file with content is")]
    [InlineData("symlink", "which goes through the link 'symlink'")]
    [InlineData("linked/weights.bin", "which goes through the link 'linked'")]
    [InlineData("hardlink", "a file with several names (hard links)")]
    [InlineData("fifo", "where no regular file with content is")]
    [InlineData("nowhere", "where no regular file with content is")]
    [InlineData("short", "external data 'short' has 100 bytes")]
    public void Verb_WeightsElsewhere_EndsWith4(string location, string part)
    {
        string model = WithExternalWeights("weights.bin");
        File.WriteAllBytes(In("short"), new byte[100]);
        File.CreateSymbolicLink(In("symlink"), In("weights.bin"));
        Directory.CreateSymbolicLink(In("linked"), Folder);
        File.Copy(In("weights.bin"), In("hardlink"));
        foreach (string[] words in new[] { new[] { "mkfifo", In("fifo") }, ["ln", In("hardlink"), In("second")] })
        {
            Assert.Equal(0, SystemProgram.Run(words[0], words[1..]).Status);
        }
        Place(model, location);
        foreach (string[] verb in new[] { new[] { "verify", model }, ["embed", model, "--data", "strokes:10", "--out", In("x.npy")] })
        {
            (int status, _, string error) = Uvl.Run(verb);
            Assert.Equal(4, status);
            Assert.Contains(part, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Verb_ModelThatIsNotItsManifests_EndsWith4()
    {
        string model = In("model.onnx");
        SavedModel saved = Encoder().Save(model);
        File.WriteAllText(In("manifest.json"), $$"""{ "model_sha256": "{{saved.Sha256}}" }""");
        Assert.Equal(0, Uvl.Run("verify", model).Status);
        byte[] bytes = File.ReadAllBytes(model);
        bytes[^200] ^= 1; // a bit of a weight
        File.WriteAllBytes(model, bytes);
        foreach (string[] verb in new[] { new[] { "verify", model }, ["evaluate", model, "--data", "strokes:100", "--out", In("out")] })
        {
            (int status, _, string error) = Uvl.Run(verb);
            Assert.Equal(4, status);
            Assert.Contains($"expected the SHA-256 {saved.Sha256} that manifest.json beside it has, found ", error,
                StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> Dependent => new()
    {
        { "mean of the batch", "expected the same 'embedding' of an image in any batch, found rows that differ by " },
        { "another number of rows", "expected one row of 'embedding' for each image, found [128,392] for 64 images." },
        { "negative cluster", "expected clusters of at least 0, found negative ones." },
    };

    [Theory]
    [MemberData(nameof(Dependent))]
    public void Verb_OutputsThatAreNoRowsOfImages_EndWith4(string kind, string complaint)
    {
        var graph = new GraphBuilder("encoder");
        Value x = graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)));
        Value embedding = kind switch
        {
            "mean of the batch" => graph.Sub(x, graph.Reduce("ReduceMean", x, [0], keep: true)),
            "another number of rows" => graph.Reshape(x, -1, 392),
            _ => x,
        };
        graph.Output("embedding", embedding);
        if (kind == "negative cluster")
        {
            graph.Output("cluster", graph.Sub(graph.ArgMax(x, 1),
                graph.Initializer("many", TensorData.Of((ReadOnlySpan<long>)[1000], []))));
        }
        string model = In("model.onnx");
        graph.Build().Save(model);
        foreach (string[] verb in new[] { new[] { "verify", model }, ["embed", model, "--data", "strokes:70", "--out", In("x.npy")] })
        {
            (int status, _, string error) = Uvl.Run(verb);
            Assert.True(status == 4, $"{status}: {error}");
            Assert.Contains(complaint, error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("capsules-fast", "decoder.onnx", "capsules")]
    [InlineData("infogan", "generator.onnx", "generator")]
    public void Plot_SecondModelThatIsNotItsManifests_EndsWith4(string name, string file, string plot)
    {
        foreach (string path in Directory.GetFiles(Checkout.In("models", name, "onnx")))
        {
            File.Copy(path, In(Path.GetFileName(path)));
        }
        byte[] bytes = File.ReadAllBytes(In(file));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(In(file), bytes);
        (int status, _, string error) = Uvl.Run(["plot", plot, Folder, "--out", In("x.png"), .. plot == "capsules"
            ? (string[])["--data", "strokes:50"] : []]);
        Assert.True(status == 4, $"{status}: {error}");
        Assert.Contains($"{file}': expected the SHA-256 ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_ThatIsAPipe_EndsWith4AtOnce()
    {
        Encoder().Save(In("model.onnx"));
        Assert.Equal(0, SystemProgram.Run("mkfifo", In("manifest.json")).Status);
        (int status, _, string error) = Uvl.Run("embed", In("model.onnx"), "--data", "strokes:10", "--out", In("x.npy"));
        Assert.True(status == 4, $"{status}: {error}");
        Assert.Contains("manifest.json': expected a manifest in JSON, found an empty file or no regular file", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Model_OfNoRegularFile_EndsWith4AtOnce()
    {
        foreach (string model in new[] { "/dev/zero", "/dev/null" })
        {
            (int status, _, string error) = Uvl.Run("embed", model, "--data", "strokes:10", "--out", In("x.npy"));
            Assert.Equal(4, status);
            Assert.Contains("found an empty file or no regular file", error, StringComparison.Ordinal);
        }
    }

    static OnnxModel Encoder()
    {
        var graph = new GraphBuilder("encoder");
        Value x = graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        Value w = graph.Initializer("fc.weight", TensorData.Of([.. Enumerable.Range(0, 3 * 784).Select(i => i % 5 / 5f)], 3, 784));
        graph.Output("embedding", graph.Gemm(graph.Flatten(x), w, transB: true));
        return graph.Build();
    }

    string WithExternalWeights(string location)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(Encoder().ToBytes());
        File.WriteAllBytes(In(location), proto.Graph.Initializer[0].RawData.ToByteArray());
        File.WriteAllBytes(In("model.onnx"), proto.ToByteArray());
        return Place(In("model.onnx"), location);
    }

    static string Place(string model, string location)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(model));
        TensorProto weight = proto.Graph.Initializer[0];
        weight.ClearRawData();
        weight.DataLocation = TensorProto.Types.DataLocation.External;
        weight.ExternalData.Clear();
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "9408" });
        File.WriteAllBytes(model, proto.ToByteArray());
        return model;
    }
}
