using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Cli.Commands;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.EndToEnd;

/// <summary>
/// The trained models in <c>models/</c>: whole bundles, as their manifests say, and good at what their cards say.
/// </summary>
public sealed class ShippedModelsTests
{
    static readonly string folder = Checkout.In("models");

    public static TheoryData<string> Names => [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!)];

    static string In(string name, params string[] file) => Path.Combine([folder, name, .. file]);

    static string Digest(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    [Theory, MemberData(nameof(Names))]
    public void Model_OfEveryFolder_HasItsCardAndDigest(string name)
    {
        // The poster's InfoGAN has 6.7 million weights a side, each object capsule networks of its own; an encoder of the flagship has a
        // bound of 1 MB, and refined has three.
        Assert.InRange(new FileInfo(Checkout.Model(name)).Length, 1,
            name switch { "infogan" => 16 << 20, "capsules-fast" => 4 << 20, "refined" => 3 << 20, _ => 1 << 20 });
        using var manifest = JsonDocument.Parse(File.ReadAllText(In(name, "onnx", "manifest.json")));
        foreach (string path in Directory.GetFiles(In(name, "onnx"), "*.onnx")
            .Where(path => !Path.GetFileName(path).StartsWith("model_", StringComparison.Ordinal)))
        {
            Assert.Equal(Digest(path), manifest.RootElement.GetProperty($"{Path.GetFileNameWithoutExtension(path)}_sha256").GetString());
        }
        Assert.Contains("```", File.ReadAllText(In(name, "README.md")), StringComparison.Ordinal); // the command that makes it
    }

    [Theory, MemberData(nameof(Names))]
    public void Bundle_OfEveryFolder_HasTheFilesOfItsManifestAndNoOthers(string name)
    {
        Assert.Equal(File.ReadAllText(In(name, "MANIFEST")), string.Concat(Files(In(name)).Where(file => file != "MANIFEST")
            .Select(file => $"{Digest(In(name, file))}  {file}\n")));
        string[] wanted = ["README.md", "accuracy.json", "clusters.json", "config.json", "config.pbtxt", "onnx/manifest.json",
            "onnx/model.onnx", "preprocessor_config.json", "test_data_set_0/input_0.pb", "test_data_set_1/output_0.pb",
            "test_data_set_2/output_1.pb"];
        Assert.Empty(wanted.Except(Files(In(name))));
        // Of no file are there two, such as a model that is in float16 as it was exported.
        string[] models = [.. Directory.GetFiles(In(name, "onnx")).Select(Digest)];
        Assert.Equal(models.Length, models.Distinct().Count());
        JsonNode forms = JsonNode.Parse(File.ReadAllText(In(name, "accuracy.json")))!["variants"]!;
        Assert.Equal(3, forms.AsObject().Count);
        Assert.All(forms.AsObject(), form => Assert.Equal(File.Exists(In(name, form.Key)) ? Digest(In(name, form.Key)) : null,
            (string?)form.Value!["sha256"]));
    }

    [Theory, MemberData(nameof(Names))]
    public void Scripts_OfEveryBundle_AreThoseOfTheProgram(string name)
    {
        string scripts = Checkout.In("src", "Deploy", "Scripts");
        Assert.Equal(Files(scripts), Files(In(name, "check")));
        Assert.All(Files(scripts), file => Assert.Equal(
            File.ReadAllText(Path.Combine(scripts, file)).Replace("ONNXRUNTIME_VERSION",
                RuntimeInfo.ManagedVersion, StringComparison.Ordinal),
            File.ReadAllText(In(name, "check", file))));
    }

    [Theory, MemberData(nameof(Names))]
    public void Model_OfEveryFolder_IsVerified(string name)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.True(UvlCommand.Create().Run(["verify", In(name), "--data", "strokes:16"], output, error) == 0, error.ToString());
    }

    [Theory, MemberData(nameof(Names))]
    public void Vectors_OfEveryBundle_AreWhatOnnxRuntimeGives(string name)
    {
        JsonNode facts = JsonNode.Parse(File.ReadAllText(In(name, "accuracy.json")))!;
        byte[] model = File.ReadAllBytes(Checkout.Model(name));
        for (int set = 0; set < 3; set++)
        {
            (string input, TensorData images) = TensorFile.FromBytes(File.ReadAllBytes(In(name, $"test_data_set_{set}", "input_0.pb")));
            IReadOnlyDictionary<string, TensorData> found =
                OnnxRuntimeCheck.Run(model, new Dictionary<string, TensorData> { [input] = images });
            foreach ((int i, JsonNode? output) in facts["outputs"]!.AsArray().Index())
            {
                (string called, TensorData wanted) =
                    TensorFile.FromBytes(File.ReadAllBytes(In(name, $"test_data_set_{set}", $"output_{i}.pb")));
                Assert.Equal((string)output!, called);
                Assert.Equal(wanted.Sizes, found[called].Sizes);
                double tolerance = (double)facts["tolerances"]!["onnxruntime"]!["outputs"]![called]!;
                Assert.All(wanted.ToDoubles().Zip(found[called].ToDoubles()), pair =>
                    Assert.InRange(Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.First)), 0, tolerance));
            }
        }
    }

    // As from a clone, on the first images; make crosscheck takes all, in every runtime.
    [Theory, MemberData(nameof(Names))]
    public void Crosscheck_OfEveryFolder_HasItsAccuracyOnSomeDigits(string name)
    {
        RequireMnist();
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] command = ["crosscheck", In(name), "--data", "mnist", "--images", "500", "--runtime", "cpu", "--quiet", "--json"];
        Assert.True(UvlCommand.Create().Run(command, output, error) == 0, error.ToString());
        JsonNode row = Assert.Single(JsonNode.Parse(output.ToString())!["runtimes"]!.AsArray())!;
        double stated = (double)JsonNode.Parse(File.ReadAllText(In(name, "accuracy.json")))!["variants"]!["onnx/model.onnx"]!["accuracy"]!;
        // Three standard errors: the first digits are among the harder ones.
        double margin = 3 * Math.Sqrt(stated * (1 - stated) / 500);
        Assert.InRange((double)row["accuracy"]!, stated - margin, stated + margin);
    }

    [Fact]
    public void Refined_OnMnist_NamesAlmostEveryTestDigit()
    {
        RequireMnist();
        using var folder = new TemporaryFolder();
        string table = folder["digits.csv"];
        var error = new StringWriter();
        string[] command = ["cluster", In("refined"), "--quiet", "--data", "mnist", "--split", "test", "--out", table];
        Assert.True(UvlCommand.Create().Run(command, TextWriter.Null, error) == 0, error.ToString());
        string[][] rows = [.. File.ReadLines(table).Select(line => line.Split(','))];
        Assert.Equal(["name", "label", "cluster", "digit"], rows[0]);
        // The card's 99.40 %, but for images on the edge between two clusters.
        Assert.InRange(rows.Skip(1).Count(row => row[1] == row[3]), 9_933, 9_947);
    }

    static void RequireMnist()
    {
        string? data = Environment.GetEnvironmentVariable("UVL_DATA_DIR");
        Assert.SkipWhen(data is null || !Directory.Exists(Path.Combine(data, "mnist")), "MNIST is not at UVL_DATA_DIR");
    }

    // Relative, with slashes, in ordinal order; without what Python leaves beside its scripts.
    static string[] Files(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
        .Where(path => !path.Contains("__pycache__/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
