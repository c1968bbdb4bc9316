namespace Toolchain.EndToEnd;

public sealed partial class BundleTests
{
    [Theory]
    [InlineData("onnx/other.onnx", true)]
    [InlineData("check/node_modules.js", true)]
    [InlineData(".gitattributes", false)]
    [InlineData("check/__pycache__/checking.pyc", false)]
    [InlineData("node_modules/onnxruntime-node/package.json", false)]
    public void Crosscheck_OfABundleWithAnotherFile_RejectsWhatNoToolPutsThere(string name, bool isForeign)
    {
        string folder = Bundle("bundle", Model()), path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "other");
        CommandResult found = Run("crosscheck", folder, "--quiet", "--data", Digits, "--runtime", "cpu");
        Assert.Equal(isForeign ? 6 : 0, found.Status);
        Assert.Equal(isForeign, found.Error.Contains(
            $"{name}': expected files of MANIFEST alone, found one that it does not name; move the file elsewhere",
            StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Digits, @"bundle: 42 images of strokes test; accuracy\.json expects [0-9]+\.[0-9]{2} %\.")]
    [InlineData("strokes:100", @"bundle: 14 images of strokes test; accuracy\.json is of others \(42 images of 'strokes'\), so its "
        + @"accuracy is not checked\.")]
    public void Crosscheck_OfABundle_SaysWhichImagesAreChecked(string data, string line) =>
        Assert.Matches(line, Run("crosscheck", Bundle("bundle", Model()), "--quiet", "--data", data, "--runtime", "cpu").Output);

    [Fact]
    public void RunOf_ABundle_IsRefusedByName()
    {
        string folder = Bundle("bundle", Model());
        string[][] commands =
        [
            ["export", folder, "--out", In("x.onnx")], ["train", "moco", "--resume", folder],
            ["train", "refine", "--data", Digits, "--set", $"from={folder}", "--out", In("run")],
        ];
        Assert.All(commands, command =>
        {
            CommandResult refused = Run(command);
            Assert.Equal(3, refused.Status);
            Assert.Contains($"'{folder}': expected a run folder, which has the run's options and checkpoints, found a bundle",
                refused.Error, StringComparison.Ordinal);
        });
        Assert.False(Directory.Exists(In("run")));
    }
}
