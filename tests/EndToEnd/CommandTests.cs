using System.Text.Json;
using Toolchain.Cli;

namespace Toolchain.EndToEnd;

/// <summary>The command line as a user types it, on drawn digits.</summary>
public sealed class CommandTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("uvl-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string In(string name) => Path.Combine(folder, name);

    static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        int status = UvlCommand.Create().Run(arguments, output, error);
        return (status, output.ToString(), error.ToString());
    }

    string Train(string method, params string[] settings)
    {
        string run = In(method);
        (int status, _, string error) = Run(["train", method, "--quiet", "--data", "strokes:700", "--out", run, .. settings.SelectMany(setting => new[] { "--set", setting })]);
        Assert.True(status == 0, error);
        return Path.Combine(run, "model.onnx");
    }

    void Fails(int expected, string part, params string[] arguments)
    {
        (int status, _, string error) = Run(arguments);
        Assert.Equal(expected, status);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'), line => line.StartsWith("uvl: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Road_FromTrainingToReport_IsWhole()
    {
        string moco = Train("moco", "stepCount=8", "batchSize=32", "queueLength=64"), gmm = Train("gmm", "dimensions=8", "maxIterations=5"), kmeans = Train("kmeans", "restarts=1");
        (int status, string output, string error) = Run("evaluate", moco, gmm, kmeans, "--quiet", "--data", "strokes:700", "--protocol", "strict", "--out", In("report"));
        Assert.True(status == 0, error);
        Assert.Contains("raw pixels", output, StringComparison.Ordinal);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(In("report/metrics.json")));
        Assert.Equal("strokes", metrics.RootElement.GetProperty("dataset").GetProperty("name").GetString());
        Assert.All(metrics.RootElement.GetProperty("rows").EnumerateArray(), row => Assert.InRange(row.GetProperty("accuracy").GetDouble(), 0.1, 1));
        Assert.Contains("drawn strokes (not MNIST)", File.ReadAllText(In("report/report.html")), StringComparison.Ordinal);

        foreach (string method in new[] { "kmeans", "gmm" })
        {
            string fused = In($"{method}-fused.onnx");
            Assert.Equal(0, Run("cluster", moco, "--quiet", "--data", "strokes:700", "--method", method, "--k", "5", "--out", fused).Status);
            Assert.Equal(0, Run("embed", fused, "--quiet", "--data", "strokes:70", "--out", In($"{method}.csv")).Status);
            Assert.Contains(",probability_4", File.ReadLines(In($"{method}.csv")).First(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Embed_Shards_AreTheRowsOfTheWhole()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:100", "--out", In("all.csv")).Status);
        string[] parts = [.. Enumerable.Range(0, 3).SelectMany(i =>
        {
            Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:100", "--shard", $"{i}/3", "--out", In($"{i}.csv")).Status);
            return File.ReadLines(In($"{i}.csv")).Skip(1).Select(line => line[(line.IndexOf(',') + 1)..]);
        })];
        Assert.Equal(File.ReadLines(In("all.csv")).Skip(1).Select(line => line[(line.IndexOf(',') + 1)..]), parts);
    }

    [Fact]
    public void Export_OfARun_GivesTheBytesOfTraining()
    {
        string model = Train("moco", "stepCount=3", "batchSize=16", "queueLength=32");
        Assert.Equal(0, Run("export", Path.GetDirectoryName(model)!, "--out", In("again.onnx")).Status);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(In("again.onnx")));
    }

    [Fact]
    public void Export_Half_IsHalfTheSize_KeepsTheContract_AndSaysItsError()
    {
        string model = Train("moco", "stepCount=3", "batchSize=16", "queueLength=32");
        (int status, string output, string error) = Run("export", Path.GetDirectoryName(model)!, "--half", "--out", In("half.onnx"));
        Assert.True(status == 0, error);
        Assert.Matches(@"agree with TorchSharp at batches 1, 2, 7, 64, largest error \d[\d.e-]*, allowed 0.01", output);
        Assert.InRange((double)new FileInfo(In("half.onnx")).Length / new FileInfo(model).Length, 0.5, 0.6);
        Assert.Equal(0, Run("verify", In("half.onnx"), "--data", "strokes:700").Status);
        Assert.Equal(0, Run("embed", In("half.onnx"), "--quiet", "--data", "strokes:70", "--out", In("half.npy")).Status);
        Fails(2, "--half is for trained nets; kmeans computes in float64", "export", Path.GetDirectoryName(Train("kmeans", "restarts=1"))!, "--half");
    }

    [Fact]
    public void Json_EveryLine_IsAnObject()
    {
        (int status, string output, _) = Run("data", "info", "--json", "--data", "strokes:70");
        Assert.Equal(0, status);
        Assert.All(output.TrimEnd().Split('\n'), line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
    }

    [Fact]
    public void BadInput_Arguments_EndWith2()
    {
        Fails(2, "no method 'mooc'; expected one of kmeans, gmm, autoencoder, moco", "train", "mooc", "--data", "strokes:700");
        Fails(2, "no option 'qeueLength'; did you mean 'queueLength'?", "train", "moco", "--data", "strokes:700", "--set", "qeueLength=4");
        Fails(2, "expected a whole number, found 'many'", "train", "moco", "--data", "strokes:700", "--set", "stepCount=many");
        Fails(2, "--time 'soon': expected a number followed by s, m or h", "train", "kmeans", "--data", "strokes:700", "--out", In("t"), "--time", "soon");
        File.WriteAllText(In("taken"), "");
        Fails(2, "exists and is not empty; name another folder with --out", "train", "kmeans", "--data", "strokes:700", "--out", folder);
        Fails(2, "--shard '3/3': expected i/n", "embed", Train("autoencoder", "stepCount=1", "batchSize=16"), "--data", "strokes:70", "--shard", "3/3", "--out", In("x.npy"));
    }

    [Fact]
    public void BadInput_Data_EndsWith3()
    {
        string empty = Directory.CreateDirectory(In("empty")).FullName;
        Fails(3, "'nowhere.npy': no such file or folder", "train", "kmeans", "--data", "nowhere.npy");
        Fails(3, empty, "train", "kmeans", "--data", empty);
        File.WriteAllBytes(In("cut.idx"), [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2]);
        Fails(3, "cut.idx", "train", "kmeans", "--data", In("cut.idx"));
    }

    [Fact]
    public void BadInput_Model_EndsWith4()
    {
        File.WriteAllText(In("text.onnx"), "no model at all");
        Fails(4, "expected an ONNX model", "embed", In("text.onnx"), "--data", "strokes:70", "--out", In("x.npy"));
        Assert.False(File.Exists(In("x.npy")));
    }

    [Fact]
    public void Diverged_EndsWith5_AndLeavesNoModel()
    {
        Fails(5, "became", "train", "autoencoder", "--quiet", "--data", "strokes:700", "--out", In("wild"), "--set", "learningRate=1e30", "--set", "stepCount=50", "--set", "batchSize=16");
        Assert.False(File.Exists(In("wild/model.onnx")));
    }
}
