using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Deploy.Runtimes;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl bundle</c> and <c>uvl crosscheck</c> on small models with known weights.</summary>
public sealed partial class BundleTests : CommandTest
{
    const string Digits = "strokes:300"; // of which 42 are test images

    static string Modules => Path.Combine(Checkout.Root, "tests", "CrossCheck", "node_modules");

    static readonly string[] files =
    [
        "MANIFEST", "README.md", "accuracy.json", "check/check.cs", "check/check_node.cjs", "check/check_onnxruntime.py",
        "check/check_opencv.py", "check/check_reference.py", "check/check_web.html", "check/checking.mjs", "check/checking.py",
        "check/reading.mjs", "check/reading.py", "clusters.json", "config.json", "config.pbtxt", "onnx/model.onnx", "onnx/model_fp16.onnx",
        "onnx/model_quantized.onnx", "preprocessor_config.json",
    ];

    // Sums of pixels with weights of a seed; the clusters are the largest of K of them.
    string Model(bool hasClusters = true, int channels = 1, int side = 28)
    {
        var (random, graph) = (new Random(7), new GraphBuilder("small"));
        Value image = graph.Input("image", ElementType.Float32, new Shape("N", channels, side, side));
        Value embedding = graph.Gemm(graph.Flatten(image), Weights("fc.weight", 12, channels * side * side), transB: true);
        graph.Output("embedding", embedding);
        if (hasClusters)
        {
            Value probability = graph.Apply("Softmax", [graph.Gemm(embedding, Weights("head.weight", 10, 12), transB: true)]);
            graph.Output("probability", probability);
            graph.Output("cluster", graph.Apply("ArgMax", [probability], new Attributes { ["axis"] = 1, ["keepdims"] = 0 }));
        }
        string path = In("model.onnx");
        graph.Build().Save(path);
        return path;

        Value Weights(string name, int rows, int columns) => graph.Initializer(name,
            TensorData.Of([.. Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextDouble() - .5) / 8)], rows, columns));
    }

    string Bundle(string name, string model, string data = Digits)
    {
        CommandResult made = Run("bundle", model, "--quiet", "--data", data, "--out", In(name));
        Assert.True(made.Status == 0, made.Error);
        return In(name);
    }

    static JsonNode Json(string folder, string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, name)))!;

    [Fact]
    public void Bundle_OfAModel_HasEveryFileAndTheSameBytesAgain()
    {
        string model = Model(), first = Bundle("first", model), second = Bundle("second", model);
        string[] vectors = [.. Enumerable.Range(0, 3).SelectMany(set => new[] { "input_0", "output_0", "output_1", "output_2" }
            .Select(name => $"test_data_set_{set}/{name}.pb"))];
        string[] found = [.. Directory.GetFiles(first, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(first, path)).Order(StringComparer.Ordinal)];
        Assert.Equal([.. files.Concat(vectors).Order(StringComparer.Ordinal)], found);
        Assert.All(found, name =>
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, name)), File.ReadAllBytes(Path.Combine(second, name))));
        Assert.All(found.Where(name => name.StartsWith("check/", StringComparison.Ordinal)),
            name => Assert.InRange(File.ReadLines(Path.Combine(first, name)).Count(), 5, 60));

        Assert.Equal(found.Length - 1, File.ReadLines(Path.Combine(first, "MANIFEST")).Count());
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(Path.Combine(first, "onnx", "model.onnx")));
        string card = File.ReadAllText(Path.Combine(first, "README.md"));
        Assert.StartsWith("---\nlibrary_name: onnx\n", card, StringComparison.Ordinal);
        Assert.Contains("model-index:\n- name: \"model\"\n", card, StringComparison.Ordinal);
        Assert.Contains("Labels were used for two things alone: to name clusters", card, StringComparison.Ordinal);
        Assert.Equal(10, Json(first, "clusters.json")["class_of_cluster"]!.AsArray().Count);
    }

    [Fact]
    public void Bundle_OfColourWithoutClusters_HasCentres()
    {
        string folder = Bundle("rgb", Model(hasClusters: false, channels: 3, side: 32), "strokes:300:1:32:rgb");
        JsonNode naming = Json(folder, "clusters.json");
        Assert.Equal([10, 12], [naming["centres"]!.AsArray().Count, naming["centres"]![0]!.AsArray().Count]);
        Assert.InRange((double)Json(folder, "accuracy.json")["variants"]!["onnx/model.onnx"]!["accuracy"]!, .02, 1);
        Assert.Contains("dims: [ 3, 32, 32 ]", File.ReadAllText(Path.Combine(folder, "config.pbtxt")), StringComparison.Ordinal);
        Assert.Equal(0, Run("embed", folder, "--quiet", "--data", "strokes:300:1:32:rgb", "--out", In("vectors.npy")).Status);
        CommandResult same = Run("crosscheck", folder, "--quiet", "--data", "strokes:300:1:32:rgb", "--runtime", "evaluator", "--runtime",
            "opencv", "--json");
        Assert.True(same.Status == 0, same.Error);
        JsonNode[] rows = [.. JsonNode.Parse(same.Output)!["runtimes"]!.AsArray().OfType<JsonNode>()
            .Where(row => row["passed"] is not null)];
        Assert.All(rows, row => Assert.Equal((int)Json(folder, "accuracy.json")["images"]!["count"]!, (int)row["images"]!));
    }

    [Fact]
    public void Bundle_IntoAFolderOfOtherFiles_IsRefused()
    {
        Directory.CreateDirectory(In("taken"));
        File.WriteAllText(In("taken/mine.txt"), "mine");
        CommandResult refused = Run("bundle", Model(), "--data", Digits, "--out", In("taken"));
        Assert.Equal(2, refused.Status);
        Assert.Contains("expected a new folder or an earlier bundle, found a folder with other files", refused.Error,
            StringComparison.Ordinal);
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(In("taken")).Select(path => Path.GetFileName(path)!));
    }

    [Fact]
    public void Crosscheck_OfDamagedBundles_EndsWith6()
    {
        string folder = Bundle("bundle", Model()), facts = Path.Combine(folder, "accuracy.json");
        string[] command = ["crosscheck", folder, "--quiet", "--data", Digits, "--runtime", "cpu"];
        CommandResult whole = Run(command);
        Assert.True(whole.Status == 0, whole.Error);
        Assert.Matches(@"ONNX Runtime, CPU +[0-9.]+ +[0-9]+ +[0-9.]+ % +[0-9.]+e-[0-9]+ +0 +[0-9,]+ +pass", whole.Output);

        // A claim that is not met, under a manifest that is right.
        string claimed = File.ReadAllText(facts);
        double accuracy = (double)Json(folder, "accuracy.json")["variants"]!["onnx/model.onnx"]!["accuracy"]!;
        string other = FormattableString.Invariant($"\"accuracy\": {accuracy + .1:r}");
        string stated = FormattableString.Invariant($"\"accuracy\": {accuracy:r}");
        File.WriteAllText(facts, claimed.Replace(stated, other, StringComparison.Ordinal));
        string manifest = Path.Combine(folder, "MANIFEST");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(Sha256(claimed), Sha256(File.ReadAllText(facts)),
            StringComparison.Ordinal));
        CommandResult missed = Run(command);
        Assert.Equal(6, missed.Status);
        Assert.Contains("ONNX Runtime, CPU: accuracy ", missed.Error, StringComparison.Ordinal);

        string clusters = Path.Combine(folder, "clusters.json"), naming = File.ReadAllText(clusters);
        File.WriteAllText(clusters, naming.Replace("\"cluster_count\": 10", "\"cluster_count\": 11", StringComparison.Ordinal));
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(Sha256(naming), Sha256(File.ReadAllText(clusters)),
            StringComparison.Ordinal));
        CommandResult foreign = Run(command);
        Assert.Equal(3, foreign.Status);
        Assert.Contains("clusters.json': expected what 'uvl bundle' writes there", foreign.Error, StringComparison.Ordinal);

        File.AppendAllText(facts, " ");
        CommandResult damaged = Run(command);
        Assert.Equal(6, damaged.Status);
        Assert.Contains("accuracy.json': expected the SHA-256 ", damaged.Error, StringComparison.Ordinal);
        Assert.Equal(2, Run("crosscheck", folder, "--runtime", "abacus").Status);
    }

    static string Sha256(string text) => Sha256(System.Text.Encoding.UTF8.GetBytes(text));

    static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [Fact, Trait("Category", "Slow")]
    public void Crosscheck_InEveryRuntimeFound_Passes()
    {
        CommandResult found = Run("crosscheck", Bundle("bundle", Model()), "--quiet", "--data", Digits, "--node-modules", Modules,
            "--json");
        Assert.True(found.Status == 0, found.Error);
        JsonNode[] rows = [.. JsonNode.Parse(found.Output)!["runtimes"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal(8, rows.Length);
        Assert.All(rows, row => Assert.True((bool?)row["passed"] ?? (string?)row["reason"] is { Length: > 0 }));
        Assert.All(rows.Where(row => row["passed"] is not null), row => Assert.Equal(0, (int)row["changed_clusters"]!));
        bool hasBrowser = File.Exists("/usr/bin/chromium") && Directory.Exists(Path.Combine(Modules, "onnxruntime-web"));
        Assert.Equal(hasBrowser, (bool?)rows.Single(row => (string?)row["runtime"] == "onnxruntime-web, Chromium")["passed"] is true);
    }

    // ONNX Runtime and a newer onnx for Python are in no package of Debian 12: OpenCV stands in for both, so that their scripts run here
    // at all.
    const string StandIn = """
        import cv2
        __version__ = "0"
        class InferenceSession:
            def __init__(self, path, providers=()):
                self.net = cv2.dnn.readNetFromONNX(path)
            def run(self, outputs, inputs):
                self.net.setInput(inputs["image"])
                return [self.net.forward(name) for name in outputs]
        ReferenceEvaluator = InferenceSession
        """;

    [Theory, Trait("Category", "Slow")]
    [InlineData("check_opencv.py")]
    [InlineData("check_onnxruntime.py")]
    [InlineData("check_reference.py")]
    public void PythonCheck_OfDamagedFiles_EndsWith1(string script) =>
        Check("/usr/bin/python3", script, "-c", "import cv2, numpy");

    [Fact]
    public void NodeCheck_OfDamagedFiles_EndsWith1() =>
        Check("node", "check_node.cjs", "-e", "require('onnxruntime-node')");

    void Check(string program, string script, string option, string probe)
    {
        Assert.SkipWhen(Start(option, probe) != 0, $"'{program} {option} {probe}' fails here");
        Directory.CreateDirectory(In("standin/onnx"));
        File.WriteAllText(In("standin/onnxruntime.py"), StandIn);
        File.WriteAllText(In("standin/onnx/__init__.py"), "__version__ = '0'");
        File.WriteAllText(In("standin/onnx/reference.py"), StandIn);
        string folder = Bundle("bundle", Model(hasClusters: false)), path = Path.Combine(folder, "check", script);
        IdxFolder.Write(In("data"), ImageSource.Open(Digits, Split.Test));
        Assert.Equal(0, Start(path, folder, In("data")));

        Damage(Path.Combine(folder, "test_data_set_1", "output_0.pb"));
        Assert.Equal(1, Start(path, folder, In("data")));
        Damage(Path.Combine(folder, "onnx", "model.onnx"), Path.Combine(folder, "onnx", "model_fp16.onnx"));
        Assert.Equal(1, Start(path, folder, In("data")));

        int Start(params string[] words)
        {
            var start = new ProcessStartInfo(program, words);
            start.Environment["NODE_PATH"] = Modules;
            start.Environment["PYTHONPATH"] = In("standin");
            try
            {
                return SystemProgram.Run(start).Status;
            }
            catch (Win32Exception)
            {
                return -1;
            }
        }
    }

    // Turns a bit of the last number's exponent, or puts another file in its place.
    static void Damage(string path, string? other = null)
    {
        byte[] bytes = File.ReadAllBytes(other ?? path);
        bytes[^1] ^= (byte)(other is null ? 64 : 0);
        File.WriteAllBytes(path, bytes);
    }
}
