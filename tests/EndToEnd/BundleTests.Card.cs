using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;

namespace Toolchain.EndToEnd;

public sealed partial class BundleTests
{
    [Fact]
    public void Bundle_InPlace_KeepsItsOwnersTextAndWhatStandsBesideTheModel()
    {
        string model = Model(), digest = Sha256(File.ReadAllBytes(model)), card = In("bundle/README.md"), second = In("decoder.onnx");
        File.WriteAllText(In("manifest.json"), $$"""{"model_sha256":"{{digest}}","decoder_sha256":"{{digest}}"}""");
        File.WriteAllText(second, "other");
        Assert.Contains("decoder.onnx': expected the SHA-256 ", Run("bundle", model, "--data", Digits, "--out", In("none")).Error,
            StringComparison.Ordinal);
        File.Copy(model, second, overwrite: true);
        string folder = Bundle("bundle", model), made = File.ReadAllText(card);
        Assert.All(["manifest.json", "decoder.onnx"], name =>
            Assert.Equal(File.ReadAllBytes(In(name)), File.ReadAllBytes(Path.Combine(folder, "onnx", name))));
        Assert.Contains("| `onnx/decoder.onnx` | its decoder | ", made, StringComparison.Ordinal);

        File.WriteAllText(card, made.Replace("An image encoder that", "Ours, which", StringComparison.Ordinal)
            .Replace("## Check it", "## Stale", StringComparison.Ordinal) + "\n## Limits\nMany.\n");
        Bundle("bundle", folder);
        // In a bundle the model is called as the folder.
        Assert.Equal(made.Replace("An image encoder that", "Ours, which", StringComparison.Ordinal)
            .Replace("- name: \"model\"", "- name: \"bundle\"", StringComparison.Ordinal) + "\n## Limits\nMany.\n",
            File.ReadAllText(card));
        CommandResult whole = Run("crosscheck", folder, "--quiet", "--data", Digits, "--runtime", "cpu");
        Assert.True(whole.Status == 0, whole.Error);
    }

    [Fact]
    public void Bundle_OfAModelInFloat16_HasItOnce()
    {
        HalfPrecision.Apply(OnnxFile.Load(Model())).Save(In("half.onnx"));
        string folder = Bundle("half", In("half.onnx"));
        Assert.False(File.Exists(Path.Combine(folder, "onnx", "model_fp16.onnx")));
        string card = File.ReadAllText(Path.Combine(folder, "README.md"));
        Assert.Contains("| float16 | not there: `onnx/model.onnx` is float16 already | | |", card, StringComparison.Ordinal);
        Assert.Contains("{ dtype: 'fp32' }); // transformers.js\n", card, StringComparison.Ordinal);
    }
}
