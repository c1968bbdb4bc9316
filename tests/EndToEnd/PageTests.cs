using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl page</c>: what a site holds. Whether a browser runs it, <c>tests/CrossCheck/page.mjs</c> tests.</summary>
public sealed class PageTests : CommandTest
{
    static readonly string[] runtime =
    [
        "onnxruntime-web/dist/ort.wasm.min.mjs", "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
        "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm", "fflate/esm/browser.js", "fflate/LICENSE",
    ];

    // The embedding is the mean of each quarter of the pixels, the cluster the brightest quarter.
    string Model(string name, bool hasClusters)
    {
        var graph = new GraphBuilder("quarters");
        Value image = graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        float[] weights = [.. Enumerable.Range(0, 4 * 784).Select(i => i % 784 / 196 == i / 784 ? 1 / 196f : 0)];
        Value embedding = graph.Gemm(graph.Flatten(image), graph.Initializer("weight", TensorData.Of(weights, 4, 784)), transB: true);
        graph.Output("embedding", embedding);
        if (hasClusters)
        {
            graph.Output("probability", graph.Apply("Softmax", [embedding]));
            graph.Output("cluster", graph.Apply("ArgMax", [embedding], new Attributes { ["axis"] = 1, ["keepdims"] = 0 }));
        }
        Directory.CreateDirectory(In(name));
        graph.Build().Save(In($"{name}/model.onnx"));
        return In(name);
    }

    string Modules()
    {
        foreach (string file in runtime)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In($"modules/{file}"))!);
            File.WriteAllText(In($"modules/{file}"), file);
        }
        return In("modules");
    }

    CommandResult Page(string output, params string[] models) =>
        Run(["page", .. models, "--quiet", "--data", "strokes:400", "--count", "150", "--runtime", Modules(), "--out", In(output)]);

    [Fact]
    public void Page_OfTwoModels_HoldsThemAndTheirTrainingImages_AndIsTheSameAgain()
    {
        string[] models = [Model("first", hasClusters: true), Model("second", hasClusters: false)];
        Assert.Equal((0, ""), (Page("site", models).Status, Page("again", models).Error));
        string[] files = Files("site");
        Assert.Equal(files, Files("again"));
        Assert.All(files, name => Assert.Equal(File.ReadAllBytes(In($"site/{name}")), File.ReadAllBytes(In($"again/{name}"))));
        Assert.Equal(File.ReadAllBytes(In("first/model.onnx")), File.ReadAllBytes(In("site/models/first/model.onnx")));
        Assert.Equal(["first", "second"], Json("site.json").AsArray().Select(name => (string)name!));
        // What the worker keeps is all but itself, and the page by its folder's name.
        string worker = File.ReadAllText(In("site/sw.js"));
        Assert.All(files.Where(name => name != "sw.js"), name => Assert.Contains($"\"{name}\"", worker, StringComparison.Ordinal));
        Assert.Contains("\"./\"", worker, StringComparison.Ordinal);

        JsonNode first = Json("models/first/page.json");
        Assert.Equal(["hsl(0 75% 55%)", "hsl(28 75% 55%)"], first["colours"]!.AsArray().Take(2).Select(colour => (string)colour!));
        Assert.Equal((150, 4, 28, "digit"), ((int)first["count"]!, (int)first["dimension"]!, (int)first["width"]!, (string)first["fit"]!));
        Assert.Equal(4, first["clusterClasses"]!.AsArray().Count);
        Assert.Null(Json("models/second/page.json")["clusterClasses"]);
        // 4 numbers of an embedding, 2 of a place and a class for each image, of 2 bytes.
        Assert.Equal(150 * (4 + 2 + 1) * 2, new FileInfo(In("site/models/first/references.bin")).Length);
        Assert.InRange((double)first["limit"]!, 1e-4, 1);
        OnnxModel lesson = OnnxFile.Load(In("site/models/first/lesson.onnx"));
        Assert.Contains(lesson.Inputs, input => input.Name == "known" && input.Shape[1].Size == 10);
        Assert.Contains(lesson.Outputs, output => output.Name == "next.head.weight");

        string[] Files(string folder) => [.. Directory.GetFiles(In(folder), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(In(folder), path)).Order(StringComparer.Ordinal)];

        JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(In($"site/{name}")))!;
    }

    // A map of ten digits says nothing of letters: the clusters of this model are named anew.
    [Fact]
    public void Page_AMapOfOtherClasses_IsNotTaken()
    {
        string model = Model("first", true), path = Path.Combine(model, "model.onnx");
        OnnxFile.Load(path).WithMetadata(new Dictionary<string, string>
        {
            [ModelKeys.ClusterDigits] = "[9,8,7,6]",
            [ModelKeys.Classes] = "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"]",
        }).Save(path);
        CommandResult made = Page("site", model);
        Assert.True(made.Status == 0, made.Error);
        JsonNode page = JsonNode.Parse(File.ReadAllText(In("site/models/first/page.json")))!;
        Assert.NotEqual([9, 8, 7, 6], page["clusterClasses"]!.AsArray().Select(name => (int)name!));
    }

    [Fact]
    public void Page_WithoutTheRuntime_SaysWhereItComesFrom()
    {
        CommandResult result = Run("page", Model("first", true), "--data", "strokes:400", "--runtime", In("nothing"), "--out", In("site"));
        Assert.Equal((2, $"uvl: --runtime '{In("nothing")}': expected npm's folder with "
            + "'onnxruntime-web/dist/ort.wasm.min.mjs', found none; run 'npm "
            + "install onnxruntime-web@1.30.0 fflate@0.8.3' and name its node_modules.\n"), (result.Status, result.Error));
        Assert.False(Directory.Exists(In("site")));
    }

    [Fact]
    public void Page_ModelsOfOneName_AreRejected()
    {
        string first = Model("a/same", true), second = Model("b/same", true);
        Assert.Equal((2, "uvl: MODEL 'same': expected models of different names, found two of it; rename a folder.\n"),
            (Page("site", first, second).Status, Page("site", first, second).Error));
    }

    [Theory]
    [InlineData("99")]
    [InlineData("10001")]
    public void Page_TooFewOrTooManyImages_AreRejected(string count)
    {
        CommandResult result = Run("page", Model("first", true), "--data", "strokes:400", "--count", count, "--runtime", Modules(),
            "--out", In("site"));
        Assert.Equal((2, $"uvl: --count '{count}': expected 100 to 10000 images.\n"), (result.Status, result.Error));
    }

    [Fact]
    public void Page_NoLabelsAndNoClusters_SaysWhatIsMissing()
    {
        File.WriteAllBytes(In("bare.npy"), []);
        Run("data", "strokes", "--count", "200", "--out", In("bare.npy"), "--quiet");
        foreach (string labels in Directory.GetFiles(Folder, "bare.labels*"))
        {
            File.Delete(labels);
        }
        CommandResult result = Run("page", Model("second", false), "--quiet", "--data", In("bare.npy"), "--runtime", Modules(),
            "--out", In("site"));
        Assert.Equal(2, result.Status);
        Assert.Contains("expected labelled images or a model with clusters, found neither", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(In("site/index.html")));
    }
}
