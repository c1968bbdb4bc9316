namespace Toolchain.EndToEnd;

/// <summary>The light tool alone in a folder, as it is handed to others.</summary>
public sealed class LightToolTests : CommandTest
{
    [Fact]
    public void CliLight_CopiedAway_EmbedsAndEvaluates()
    {
        (int trained, _, string error) = Uvl.Run("train", "gmm", "--quiet", "--data", "strokes:700", "--out", In("run"), "--set",
            "dimensions=8", "--set", "maxIterations=5");
        Assert.True(trained == 0, error);
        string tool = TemporaryFolder.Copy(Path.Combine(AppContext.BaseDirectory, "../../Cli.Light/release"), In("tool"));
        Assert.Empty(Directory.GetFiles(tool, "*torch*", SearchOption.AllDirectories));
        Assert.Equal((0, ""), RunLight("embed", In("run/model.onnx"), "--quiet", "--data", "strokes:70", "--out", In("rows.npy")));
        Assert.True(File.Exists(In("rows.npy")));
        Assert.Equal((0, ""), RunLight("evaluate", In("run/model.onnx"), "--quiet", "--data", "strokes:700", "--protocol", "strict",
            "--out", In("report")));
        Assert.True(File.Exists(In("report/report.html")));
    }

    (int Status, string Error) RunLight(params string[] arguments)
    {
        using Uvl uvl = Uvl.StartIn(In("tool"), "Toolchain.Cli.Light.dll", arguments);
        (int status, _, string error) = uvl.Wait();
        return (status, error);
    }
}
