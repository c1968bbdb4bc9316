using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>The command line as a user types it, on drawn digits.</summary>
public sealed partial class CommandTests(TrainedRuns runs) : CommandTest
{
    string Train(string method, params string[] settings)
    {
        IEnumerable<string> set = settings.SelectMany(setting => new[] { "--set", setting });
        return Path.Combine(runs.Copy(In(method), ["train", method, "--quiet", "--data", "strokes:700", .. set]), "model.onnx");
    }

    static string[] Column(string csv, string name)
    {
        string[][] lines = [.. File.ReadLines(csv).Select(line => line.Split(','))];
        return [.. lines.Skip(1).Select(cells => cells[Array.IndexOf(lines[0], name)])];
    }

    [Fact]
    public void Road_FromTrainingToReport_IsWhole()
    {
        string moco = Train("moco", "stepCount=8", "batchSize=32", "queueLength=64"), gmm = Train("gmm", "dimensions=8", "maxIterations=5"),
            kmeans = Train("kmeans", "restarts=1");
        (int status, string output, string error) = Run("evaluate", moco, gmm, kmeans, "--quiet", "--data", "strokes:700", "--protocol",
            "strict", "--tsne", "100", "--out", In("report"));
        Assert.True(status == 0, error);
        Assert.Contains("raw pixels", output, StringComparison.Ordinal);
        using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(In("report/metrics.json")));
        Assert.Equal("strokes", metrics.RootElement.GetProperty("dataset").GetProperty("name").GetString());
        Assert.All(metrics.RootElement.GetProperty("rows").EnumerateArray(), row =>
            Assert.InRange(row.GetProperty("accuracy").GetDouble(), 0.1, 1));
        Assert.Contains("drawn strokes (not MNIST)", File.ReadAllText(In("report/report.html")), StringComparison.Ordinal);

        foreach (string method in new[] { "kmeans", "gmm" })
        {
            string fused = In($"{method}-fused.onnx");
            Assert.Equal(0, Run("cluster", moco, "--quiet", "--data", "strokes:700", "--method", method, "--k", "5", "--out",
                fused).Status);
            Assert.Equal(0, Run("embed", fused, "--quiet", "--data", "strokes:70", "--cluster", "--probability", "--out",
                In($"{method}.csv")).Status);
            Assert.EndsWith(",label,cluster,probability_0,probability_1,probability_2,probability_3,probability_4",
                File.ReadLines(In($"{method}.csv")).First(), StringComparison.Ordinal);
            Assert.Equal(0, Run("cluster", fused, "--quiet", "--data", "strokes:70", "--out", In($"{method}-applied.csv")).Status);
            Assert.Equal("name,label,cluster", File.ReadLines(In($"{method}-applied.csv")).First());
            Assert.Equal(Column(In($"{method}.csv"), "cluster"), Column(In($"{method}-applied.csv"), "cluster"));
        }
    }

    // What it learns of its training images tells noise from them, and does not change what it says about them.
    [Fact]
    public void Calibrate_ModelOfStrokes_CallsNoiseForeign()
    {
        string model = Train("autoencoder", "stepCount=40", "batchSize=32");
        (int status, _, string error) = Run("calibrate", model, "--quiet", "--data", "strokes:2100", "--out", In("calibrated/model.onnx"));
        Assert.True(status == 0, error);
        NpyFile.Write(In("noise.npy"),
            TensorEntry.Of<byte>([.. Enumerable.Range(0, 100 * 784).Select(i => (byte)(i * 2_654_435_761 >> 13))],
            100, 28, 28));
        (status, string output, error) = Run("embed", In("calibrated"), "--quiet", "--data", In("noise.npy"), "--novelty", "--out",
            In("noise.csv"));
        Assert.True(status == 0, error);
        Assert.Contains("100 out of distribution (novelty above 1)", output, StringComparison.Ordinal);
        Assert.Contains("out-of-distribution images: 100 %", error, StringComparison.Ordinal);
        (status, output, error) = Run("embed", In("calibrated"), "--quiet", "--data", "strokes:2100", "--split", "test", "--out",
            In("own.npy"));
        Assert.True(status == 0 && !error.Contains("foreign", StringComparison.Ordinal), error);
        Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:2100", "--split", "test", "--out", In("plain.npy")).Status);
        Assert.Equal(File.ReadAllBytes(In("plain.npy")), File.ReadAllBytes(In("own.npy")));
        OnnxFile.Load(model).WithMetadata(new Dictionary<string, string>()).Save(In("bare.onnx"));
        Fails(4, "expected metadata 'uvl.novelty', found none; calibrate the model with 'uvl calibrate'.", "embed", In("bare.onnx"),
            "--data",
            "strokes:70", "--novelty", "--out", In("x.csv"));
    }

    // Training fits it too, to the same bytes; an export from the checkpoint keeps it.
    [Fact]
    public void Train_EnoughImages_IsCalibrated()
    {
        string run = In("run");
        (int status, _, string error) = Run("train", "autoencoder", "--quiet", "--data", "strokes:2100", "--out", run, "--set",
            "stepCount=40", "--set", "batchSize=32");
        Assert.True(status == 0, error);
        string model = Path.Combine(run, "model.onnx");
        Assert.True(OnnxFile.Load(model).Metadata.ContainsKey("uvl.novelty"));
        Assert.Equal(0, Run("calibrate", run, "--quiet", "--data", "strokes:2100", "--out", In("c.onnx")).Status);
        Assert.Equal(0, Run("export", run, "--out", In("e.onnx")).Status);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(In("c.onnx")));
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(In("e.onnx")));
    }

    [Fact]
    public void TrainMoCo_QueueLongerThanTheImages_SaysSo()
    {
        (int status, _, string error) = Run("train", "moco", "--quiet", "--data", "strokes:117", "--set", "stepCount=1", "--set",
            "batchSize=64", "--set", "queueLength=128", "--out", In("moco"));
        Assert.True(status == 0, error);
        Assert.Contains("queueLength=128 is more than the 101 images: ", error, StringComparison.Ordinal);
        Assert.Contains("; set queueLength to at most 64", error, StringComparison.Ordinal);
    }

    // A source without parts: a classifier is not scored on what it learnt.
    [Fact]
    public void Probe_SourceWithoutParts_HoldsImagesOut()
    {
        string model = Train("autoencoder", "stepCount=40", "batchSize=32");
        File.WriteAllBytes(In("i.idx"), [0, 0, 8, 3, 0, 0, 0, 250, 0, 0, 0, 28, 0, 0, 0, 28, .. StrokeDigits.Draw(250, 1).Pixels]);
        File.WriteAllBytes(In("l.idx"), [0, 0, 8, 1, 0, 0, 0, 250, .. StrokeDigits.Draw(250, 1).Labels!.Select(label => (byte)label)]);
        (int status, string output, string error) = Run("probe", model, "--quiet", "--data", $"{In("i.idx")},{In("l.idx")}");
        Assert.True(status == 0, error);
        Assert.Matches("^linear probe, trained with 200 labels: .* of 50 held-out images", output);
    }

    [Fact]
    public void Evaluate_TwoSeeds_SaysWhichIsWhichAndTheirSpread()
    {
        string[] models = [.. new[] { "1", "2" }.Select(seed =>
        {
            Assert.Equal(0, Run("train", "autoencoder", "--quiet", "--data", "strokes:200", "--seed", seed, "--set", "stepCount=4", "--set",
                "batchSize=16", "--out", In($"seed-{seed}")).Status);
            return In($"seed-{seed}");
        })];
        (int status, string output, string error) =
            Run(["evaluate", .. models, "--data", "strokes:200", "--protocol", "strict", "--tsne", "0", "--out", In("report")]);
        Assert.True(status == 0, error);
        Assert.Contains("autoencoder, seed 1", output, StringComparison.Ordinal);
        Assert.Contains("autoencoder, seed 2", output, StringComparison.Ordinal);
        (_, output, _) =
            Run(["evaluate", .. models, "--json", "--data", "strokes:200", "--protocol", "strict", "--tsne", "0", "--out", In("report")]);
        JsonElement[] events = [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["1", "2"], Events("row").Where(row => row.GetProperty("method").GetString() == "autoencoder")
            .Select(row => row.GetProperty("seed").GetString()).Distinct());
        Assert.All(Events("row"), row => Assert.Equal(10, row.GetProperty("sizes").GetArrayLength()));
        Assert.All(Events("spread"), spread =>
            Assert.Equal(["1", "2"], spread.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetString())));
        Assert.NotEmpty(Events("spread"));
        Assert.Equal(Path.Combine(In("report"), "report.html"), Assert.Single(Events("report")).GetProperty("path").GetString());

        IEnumerable<JsonElement> Events(string name) => events.Where(one => one.GetProperty("event").GetString() == name);
    }

    [Fact]
    public void Probe_FusedOntoItsEncoder_NamesDigits()
    {
        string model = Train("autoencoder", "stepCount=40", "batchSize=32");
        (int status, string output, string error) = Run("probe", model, "--quiet", "--data", "strokes:700", "--out", In("digits.onnx"),
            "--training", In("training.onnx"));
        Assert.True(status == 0, error);
        double right = double.Parse(System.Text.RegularExpressions.Regex.Match(output, "labels: ([0-9.]+) % of 100").Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(right, 30, 100); // chance names 10
        // The classifier as a model: what it names is what was scored.
        Assert.Equal(0, Run("cluster", In("digits.onnx"), "--quiet", "--data", "strokes:700", "--split", "test", "--out",
            In("digits.csv")).Status);
        string[][] rows = [.. File.ReadLines(In("digits.csv")).Select(line => line.Split(','))];
        (int label, int cluster) = (Array.IndexOf(rows[0], "label"), Array.IndexOf(rows[0], "cluster"));
        Assert.Equal(right, rows.Skip(1).Count(row => row[label] == row[cluster]), 1e-9);
        Assert.Equal(0, Run("verify", In("digits.onnx"), "--quiet").Status);
        // It has learnt from labels: no figure of clusters is made of it.
        (status, output, error) = Run("evaluate", In("digits.onnx"), "--data", "strokes:700", "--protocol", "both", "--tsne", "0", "--out",
            In("report"));
        Assert.Equal(0, status);
        Assert.DoesNotContain(" own ", output, StringComparison.Ordinal);
        Assert.Contains("digits.onnx: its classifier learnt from labels and is left out; 'uvl probe' scores one.", error,
            StringComparison.Ordinal);
        Assert.Contains("Loop", OnnxFile.Load(In("training.onnx")).Nodes.Select(node => node.Op));
    }

    [Fact]
    public void Export_OfARun_GivesTheBytesOfTraining()
    {
        string model = Train("moco", "stepCount=3", "batchSize=16", "queueLength=32");
        Assert.Equal(0, Run("export", Path.GetDirectoryName(model)!, "--out", In("again.onnx")).Status);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(In("again.onnx")));
    }

    [Fact]
    public void Export_Quantized_IsSmaller_KeepsTheContract_AndItsAccuracy()
    {
        string model = Train("moco", "stepCount=30", "batchSize=32", "queueLength=64");
        (int status, string output, string error) = Run("export", Path.GetDirectoryName(model)!, "--quantize", "int8", "--out",
            In("int8.onnx"));
        Assert.True(status == 0, error);
        Match said =
            Regex.Match(output,
            @"int8: ([\d,]+) bytes before, ([\d,]+) after; on [\d,]+ test images: k-NN accuracy \(k=20\) ([\d.]+) ?% before and "
            + @"([\d.]+) ?% after, mean cosine similarity of the embeddings ([\d.]+)");
        Assert.True(said.Success, output);
        double[] figures =
            [.. said.Groups.Values.Skip(1)
            .Select(group =>
            double.Parse(group.Value, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture))];
        Assert.Equal((new FileInfo(model).Length, new FileInfo(In("int8.onnx")).Length), ((long)figures[0], (long)figures[1]));
        Assert.InRange(figures[1] / figures[0], 0.25, 0.4);
        Assert.InRange(figures[3], Math.Max(40, figures[2] - 1), 100); // ten digits: chance is 10
        Assert.InRange(figures[4], 0.99, 1);
        (status, output, error) = Run("verify", In("int8.onnx"), "--data", "strokes:700");
        Assert.True(status == 0, error);
        Assert.Contains("int8, minmax of 512 training images", output, StringComparison.Ordinal);
        Assert.Equal(0, Run("embed", In("int8.onnx"), "--quiet", "--data", "strokes:70", "--out", In("int8.npy")).Status);
        Assert.Equal(0, Run("evaluate", In("int8.onnx"), "--quiet", "--data", "strokes:300", "--protocol", "strict", "--tsne", "0", "--out",
            In("evaluated")).Status);
        Fails(2, "--half and --quantize exclude each other", "export", Path.GetDirectoryName(model)!, "--half", "--quantize", "int8");
        Fails(2, "--calibration-images '0': expected a whole number above 0", "export", Path.GetDirectoryName(model)!, "--quantize", "int8",
            "--calibration-images", "0");
    }

    [Fact]
    public void Export_Half_IsHalfTheSize_KeepsTheContract_AndSaysItsError()
    {
        string model = Train("moco", "stepCount=3", "batchSize=16", "queueLength=32");
        (int status, string output, string error) = Run("export", Path.GetDirectoryName(model)!, "--half", "--out", In("half.onnx"));
        Assert.True(status == 0, error);
        Assert.Matches(@"agree with TorchSharp at batches 1, 2, 7, 64, largest error \d[\d.e-]* in values up to \d[\d.e+]*, allowed "
            + @"\d[\d.e-]* \+ [\d.e-]* of the value \+ 0.01 of the largest", output);
        Assert.InRange((double)new FileInfo(In("half.onnx")).Length / new FileInfo(model).Length, 0.5, 0.6);
        Assert.Equal(0, Run("verify", In("half.onnx"), "--data", "strokes:700").Status);
        Assert.Equal(0, Run("embed", In("half.onnx"), "--quiet", "--data", "strokes:70", "--out", In("half.npy")).Status);
        Fails(2, "--half is for trained nets; kmeans computes in float64", "export", Path.GetDirectoryName(Train("kmeans", "restarts=1"))!,
            "--half");
    }
}
