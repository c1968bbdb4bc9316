using System.Security.Cryptography;
using System.Text.Json;
using Toolchain.Cli.Commands;

namespace Toolchain.EndToEnd;

/// <summary>The trained models in <c>models/</c>: whole, as their manifests say, and good at what their cards say.</summary>
public sealed class ShippedModelsTests
{
    static readonly string folder = Path.Combine(Checkout.Root, "models");

    public static TheoryData<string> Names => [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)!)];

    static string In(string name, string file) => Path.Combine(folder, name, file);

    [Theory, MemberData(nameof(Names))]
    public void Model_OfEveryFolder_HasItsCardAndDigest(string name)
    {
        byte[] model = File.ReadAllBytes(In(name, "model.onnx"));
        // The poster's InfoGAN has 6.7 million weights a side, each object capsule networks of its own; the encoders of the flagship have a
        // bound of 1 MB.
        Assert.InRange(model.Length, 1, name switch { "infogan" => 16 << 20, "capsules-fast" => 4 << 20, _ => 1 << 20 });
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(In(name, "manifest.json")));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(model)), manifest.RootElement.GetProperty("model_sha256").GetString());
        foreach (string other in Directory.GetFiles(Path.Combine(folder, name), "*.onnx")
            .Where(path => Path.GetFileName(path) != "model.onnx"))
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(other))),
                manifest.RootElement.GetProperty($"{Path.GetFileNameWithoutExtension(other)}_sha256").GetString());
        }
        Assert.Contains("```", File.ReadAllText(In(name, "README.md")), StringComparison.Ordinal); // the command that makes it
    }

    [Theory, MemberData(nameof(Names))]
    public void Model_OfEveryFolder_IsVerified(string name)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.True(UvlCommand.Create().Run(["verify", In(name, "model.onnx"), "--data", "strokes:16"], output, error) == 0,
            error.ToString());
    }

    [Fact]
    public void Refined_OnMnist_NamesAlmostEveryTestDigit()
    {
        string? data = Environment.GetEnvironmentVariable("UVL_DATA_DIR");
        Assert.SkipWhen(data is null || !Directory.Exists(Path.Combine(data, "mnist")), "MNIST is not at UVL_DATA_DIR");
        using var folder = new TemporaryFolder();
        string table = folder["digits.csv"];
        var error = new StringWriter();
        string[] command = ["cluster", In("refined", "model.onnx"), "--quiet", "--data", "mnist", "--split", "test", "--out", table];
        Assert.True(UvlCommand.Create().Run(command, TextWriter.Null, error) == 0, error.ToString());
        string[][] rows = [.. File.ReadLines(table).Select(line => line.Split(','))];
        Assert.Equal(["name", "label", "cluster", "digit"], rows[0]);
        // The card's 98.77 %, but for images on the edge between two clusters.
        Assert.InRange(rows.Skip(1).Count(row => row[1] == row[3]), 9_870, 9_885);
    }
}
