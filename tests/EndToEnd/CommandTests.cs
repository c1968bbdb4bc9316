using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;

namespace Toolchain.EndToEnd;

/// <summary>The command line as a user types it, on drawn digits.</summary>
public sealed class CommandTests : CommandTest
{
    string Train(string method, params string[] settings)
    {
        string run = In(method);
        (int status, _, string error) =
            Run(["train", method, "--quiet", "--data", "strokes:700", "--out", run,
            .. settings.SelectMany(setting => new[] { "--set", setting })]);
        Assert.True(status == 0, error);
        return Path.Combine(run, "model.onnx");
    }

    static string[] Column(string csv, string name)
    {
        string[][] lines = [.. File.ReadLines(csv).Select(line => line.Split(','))];
        return [.. lines.Skip(1).Select(cells => cells[Array.IndexOf(lines[0], name)])];
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

    [Fact]
    public void Tsne_OfAModelAndOfItsFile_DrawsTheSameMap()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:700", "--split", "test", "--out", In("e.npy")).Status);
        (int status, string output, string error) = Run("tsne", model, "--quiet", "--data", "strokes:700", "--iterations", "20", "--out",
            In("a.csv"));
        Assert.True(status == 0, error);
        Assert.Matches("^100 points in .*a.csv; divergence [0-9.]+ nats, trustworthiness 0.[0-9]+, [0-9.]+ % of the 10 nearest neighbours "
            + "preserved\n$",
            output);
        Assert.Equal(0, Run("tsne", In("e.npy"), "--quiet", "--iterations", "20", "--threads", "1", "--out", In("b.csv")).Status);
        Assert.Equal(File.ReadAllText(In("a.csv")), File.ReadAllText(In("b.csv")));
        Assert.Equal("x,y,digit", File.ReadLines(In("a.csv")).First());
        Assert.Equal(0, Run("tsne", In("e.npy"), "--quiet", "--iterations", "5", "--out", In("m.png")).Status);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(In("m.png"))[..4]);
        Fails(2, $"--layer 'identity': expected a model with that output, found the embeddings '{In("e.npy")}'; name a model.onnx or leave "
            + $"out --layer.", "tsne", In("e.npy"), "--layer", "identity", "--out", In("n.png"));
        Fails(2, "--out 'm.gif': expected one of .png, .svg, .npy, .csv.", "tsne", In("e.npy"), "--out", "m.gif");
    }

    /// <summary>New clusters on a model that has some take their place, with their names; the map of the old ones goes.</summary>
    [Fact]
    public void Cluster_OntoClusters_ReplacesThemAndTheirMap()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        Assert.Equal(0, Run("cluster", model, "--quiet", "--data", "strokes:200", "--map", "--out", In("ten.onnx")).Status);
        (int status, _, string error) = Run("cluster", In("ten.onnx"), "--quiet", "--data", "strokes:200", "--k", "3", "--out",
            In("three.onnx"));
        Assert.True(status == 0, error);
        Assert.Equal(0, Run("cluster", model, "--quiet", "--data", "strokes:200", "--k", "3", "--out", In("straight.onnx")).Status);
        Assert.Equal(2, Run("cluster", model, "--quiet", "--data", "strokes:200", "--out", model).Status); // not over what it reads
        foreach (string[] ofAFit in new[] { ["--k", "3"], ["--method", "gmm"], new[] { "--map" } })
        {
            Fails(2, $"{ofAFit[0]}: expected with a fit (--out FUSED.onnx), found the table 'x.csv'", ["cluster", In("ten.onnx"), .. ofAFit,
                "--data", "strokes:200", "--out", "x.csv"]);
        }
        Assert.Equal(2, Run("probe", model, "--quiet", "--data", "strokes:200", "--out", model).Status);
        Assert.True(Toolchain.Graph.OnnxModel.Load(In("ten.onnx")).Metadata.ContainsKey("uvl.cluster_digits"));
        Assert.Equal(File.ReadAllBytes(In("straight.onnx")), File.ReadAllBytes(In("three.onnx")));
        Assert.Equal(0, Run("cluster", In("ten.onnx"), "--quiet", "--data", "strokes:200", "--out", In("ten.csv")).Status);
        Assert.Equal("name,label,cluster,digit", File.ReadLines(In("ten.csv")).First());
        Assert.Equal(10, File.ReadLines(In("ten.csv")).Skip(1).Select(line => line.Split(',')[2..]).DistinctBy(pair => pair[0])
            .Select(pair => pair[1]).Distinct().Count());
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
        Graph.OnnxModel.Load(model).WithMetadata(new Dictionary<string, string>()).Save(In("bare.onnx"));
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
        Assert.True(Toolchain.Graph.OnnxModel.Load(model).Metadata.ContainsKey("uvl.novelty"));
        Assert.Equal(0, Run("calibrate", run, "--quiet", "--data", "strokes:2100", "--out", In("c.onnx")).Status);
        Assert.Equal(0, Run("export", run, "--out", In("e.onnx")).Status);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(In("c.onnx")));
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(In("e.onnx")));
    }

    // Ten clusters of one image a hundred times are one, and nine that are empty; a map of it keeps no neighbours.
    [Fact]
    public void ClusterAndTsne_HundredCopiesOfOneImage_SayThatFiguresMeanNothing()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        byte[] digit = StrokeDigits.Draw(1, 3).Pixels;
        NpyFile.Write(In("same.npy"), TensorEntry.Of<byte>([.. Enumerable.Repeat(digit, 100).SelectMany(pixels => pixels)], 100, 28, 28));
        (int status, string output, string error) = Run("cluster", model, "--quiet", "--data", In("same.npy"), "--k", "10", "--out",
            In("ten.onnx"));
        Assert.True(status == 0, error);
        Assert.Contains("all 100 images looked at are the same: clusters and neighbours of them mean nothing", error,
            StringComparison.Ordinal);
        Assert.Contains("9 of 10 clusters are empty: the 100 images have fewer different embeddings; ask for a smaller --k", error,
            StringComparison.Ordinal);
        (status, output, error) = Run("tsne", model, "--quiet", "--data", In("same.npy"), "--iterations", "5", "--out", In("m.csv"));
        Assert.True(status == 0, error);
        Assert.Contains("distinct embeddings: 1, so neighbourhoods are not meaningful", output, StringComparison.Ordinal);
        Assert.DoesNotContain("trustworthiness", output, StringComparison.Ordinal);
        NpyFile.Write(In("black.npy"), TensorEntry.Of<byte>(new byte[100 * 784], 100, 28, 28));
        (_, _, error) = Run("embed", model, "--quiet", "--data", In("black.npy"), "--out", In("x.npy"));
        Assert.Contains("all 100 images looked at are blank: no figure about them means anything", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainMoCo_QueueLongerThanTheImages_SaysSo()
    {
        (int status, _, string error) = Run("train", "moco", "--quiet", "--data", "strokes:117", "--set", "stepCount=1", "--set",
            "batchSize=64", "--set", "queueLength=128", "--out", In("moco"));
        Assert.True(status == 0, error);
        Assert.Contains("queueLength=128 is more than the 101 images", error, StringComparison.Ordinal);
    }

    // A source without parts: a classifier is not scored on what it learnt.
    [Fact]
    public void Probe_SourceWithoutParts_HoldsImagesOut()
    {
        string model = Train("autoencoder", "stepCount=40", "batchSize=32");
        File.WriteAllBytes(In("i.idx"), [0, 0, 8, 3, 0, 0, 0, 250, 0, 0, 0, 28, 0, 0, 0, 28, .. StrokeDigits.Draw(250, 1).Pixels]);
        File.WriteAllBytes(In("l.idx"), [0, 0, 8, 1, 0, 0, 0, 250, .. StrokeDigits.Draw(250, 1).Labels!]);
        (int status, string output, string error) = Run("probe", model, "--quiet", "--data", $"{In("i.idx")},{In("l.idx")}");
        Assert.True(status == 0, error);
        Assert.Matches("^linear probe, trained with 200 labels: .* of 50 held-out images", output);
    }

    // Nothing is left that could not be gone on with.
    [Fact]
    public void Embed_DamagedSource_LeavesNothing()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        File.WriteAllBytes(In("cut.idx"), [0, 0, 8, 3, 0, 0, 2, 0, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[300 * 784]]);
        Fails(3, "the file is truncated, get it again.", "embed", model, "--quiet", "--data", In("cut.idx"), "--out", In("out/x.npy"));
        Assert.Empty(Directory.GetFiles(In("out")));
    }

    [Theory]
    [InlineData("embed", "x.npy")]
    [InlineData("cluster", "x.onnx")]
    public void EmbedAndCluster_ModelThatGivesNoNumbers_EndWith4AndTheRow(string verb, string output)
    {
        var graph = new Graph.GraphBuilder("nan");
        Graph.Value flat = graph.Flatten(graph.Input("image", Graph.ElementType.Float32, new Graph.Shape("N", 1, 28, 28)));
        graph.Output("embedding", graph.Apply("Sqrt", [graph.Sub(flat, graph.Scalar(0.5f, flat))]));
        graph.Build().Save(In("nan.onnx"));
        Fails(4, "expected finite embeddings, found NaN in row 0; the model is broken or was trained to divergence.", verb, In("nan.onnx"),
            "--data", "strokes:70", "--out", In(output));
        Assert.False(File.Exists(In(output)));
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
        Assert.Contains("Loop", Toolchain.Graph.OnnxModel.Load(In("training.onnx")).Nodes.Select(node => node.Op));
    }

    [Fact]
    public void Embed_ShardsMerged_AreTheBytesOfTheWhole()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        foreach (string threads in new[] { "1", "3" })
        {
            Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:300", "--threads", threads, "--out",
                In($"{threads}.parquet")).Status);
        }
        Assert.All(Enumerable.Range(0, 3), i =>
            Assert.Equal(0, Run("embed", model, "--quiet", "--data", "strokes:300", "--shard", $"{i}/3", "--out", In("s.parquet")).Status));
        (int status, string output, _) = Run("embed", "--merge", "--out", In("s.parquet"));
        Assert.Equal((0, $"300 rows of 3 shards in {In("s.parquet")}\n"), (status, output));
        Assert.Equal(File.ReadAllBytes(In("1.parquet")), File.ReadAllBytes(In("3.parquet")));
        Assert.Equal(File.ReadAllBytes(In("1.parquet")), File.ReadAllBytes(In("s.parquet")));
    }

    // Dark digits on white, enlarged, one corrupt, one with a comma in its name: fitted, counted, named, and every row beside its own name.
    // The same digits dark on light, and with rows for columns: the same embeddings once that is known, and it is said.
    [Fact]
    public void Embed_DarkOrTransposedArray_GivesTheSameRows()
    {
        byte[] pixels = StrokeDigits.Draw(70, 3).Pixels, swapped = new byte[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            swapped[i / 784 * 784 + i % 28 * 28 + i % 784 / 28] = pixels[i];
        }
        NpyFile.Write(In("light.npy"), TensorEntry.Of<byte>(pixels, 70, 28, 28));
        NpyFile.Write(In("dark.npy"), TensorEntry.Of<byte>(Array.ConvertAll(pixels, pixel => (byte)(255 - pixel)), 70, 28, 28));
        NpyFile.Write(In("swapped.npy"), TensorEntry.Of<byte>(swapped, 70, 28, 28));
        string model = Train("autoencoder", "stepCount=4", "batchSize=16");
        byte[] Embedded(string name, params string[] options)
        {
            (int status, string output, string error) =
                Run(["embed", model, "--quiet", "--json", "--data", In(name), "--out", In("x.npy"), .. options]);
            Assert.True(status == 0, error);
            Assert.Contains(name == "dark.npy" && options.Length == 0 ? "\"polarity\":\"dark\"" : "\"polarity\":\"light\"", output,
                StringComparison.Ordinal);
            return File.ReadAllBytes(In("x.npy"));
        }
        byte[] expected = Embedded("light.npy");
        Assert.Equal(expected, Embedded("dark.npy"));
        Assert.NotEqual(expected, Embedded("dark.npy", "--polarity", "light"));
        Assert.Equal(expected, Embedded("swapped.npy", "--transpose"));
        Assert.NotEqual(expected, Embedded("swapped.npy"));
    }

    [Fact]
    public void Embed_FolderOfUnlikeImages_SaysWhatItDid()
    {
        string model = Train("autoencoder", "stepCount=4", "batchSize=16"), images = Directory.CreateDirectory(In("images")).FullName;
        byte[] digit = StrokeDigits.Draw(1, 3).Pixels;
        byte[] large = [.. Enumerable.Range(0, 56 * 56).Select(i => (byte)(255 - digit[i / 112 * 28 + i % 56 / 2]))];
        PngWriter.WriteGrey(Path.Combine(images, "a, b.png"), 28, 28, digit);
        File.WriteAllBytes(Path.Combine(images, "bad.png"), [1]);
        PngWriter.WriteGrey(Path.Combine(images, "c.png"), 56, 56, large);
        Fails(3, "bad.png': offset 0: expected a PNG", "embed", model, "--quiet", "--data", images, "--out", In("x.csv"));
        Fails(3, "c.png': expected 28 x 28 pixels, found 56 x 56; leave out --fit none to have images fitted.", "embed", model, "--quiet",
            "--data", Path.Combine(images, "c.png"), "--fit", "none", "--out", In("x.csv"));
        (int status, string output, string error) = Run("embed", model, "--quiet", "--data", images, "--skip-bad", "--out", In("x.csv"));
        Assert.Equal(0, status);
        Assert.Matches("^2 rows in .*x.csv, .* images/s; 1 skipped because they cannot be read, 1 fitted to 28 x 28, 1 dark on light and "
            + "inverted\n$", output);
        Assert.StartsWith("polarity: 1 of 2 images looked at are dark on light; each image is judged by itself", error,
            StringComparison.Ordinal);
        Assert.Contains($"\nskipped: '{Path.Combine(images, "bad.png")}': offset 0: ", error, StringComparison.Ordinal);
        Assert.Equal(["name", "\"a", "c.png"], File.ReadLines(In("x.csv")).Select(line => line.Split(',')[0]));
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
        Assert.Equal(0, Run("verify", In("int8.onnx"), "--data", "strokes:700").Status);
        Assert.Equal(0, Run("embed", In("int8.onnx"), "--quiet", "--data", "strokes:70", "--out", In("int8.npy")).Status);
        Assert.Equal(0, Run("evaluate", In("int8.onnx"), "--quiet", "--data", "strokes:300", "--out", In("evaluated")).Status);
        Assert.Contains("int8, minmax of 512 training images", Run("verify", In("int8.onnx")).Output, StringComparison.Ordinal);
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

    [Fact]
    public void Json_EveryLine_IsAnObject()
    {
        (int status, string output, _) = Run("data", "info", "--json", "--data", "strokes:70");
        Assert.Equal(0, status);
        Assert.All(output.TrimEnd().Split('\n'), line =>
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
    }

    [Fact]
    public void BadInput_Arguments_EndWith2()
    {
        Fails(2, "no method 'mooc', did you mean 'moco'? Expected one of kmeans, gmm, autoencoder, infogan, moco, capsules", "train",
            "mooc", "--data", "strokes:700");
        Fails(2, "no option 'qeueLength'; did you mean 'queueLength'?", "train", "moco", "--data", "strokes:700", "--set", "qeueLength=4");
        Fails(2, "expected a whole number, found 'many'", "train", "moco", "--data", "strokes:700", "--set", "stepCount=many");
        Fails(2, "--time 'soon': expected a number followed by s, m or h", "train", "kmeans", "--data", "strokes:700", "--out", In("t"),
            "--time", "soon");
        File.WriteAllText(In("taken"), "");
        Fails(2, "exists and is not empty; name another folder with --out", "train", "kmeans", "--data", "strokes:700", "--out", Folder);
        Fails(2, "expected MODEL, or --merge; found neither.", "embed", "--data", "strokes:70", "--out", In("x.npy"));
        Fails(2, "--shard '3/3': expected i/n", "embed", Train("autoencoder", "stepCount=1", "batchSize=16"), "--data", "strokes:70",
            "--shard", "3/3", "--out", In("x.npy"));
    }

    [Theory]
    [InlineData("embed", "--data", "strokes:70", "--out", "x.npy")]
    [InlineData("cluster", "--data", "strokes:70", "--k", "3", "--out", "fused.onnx")]
    [InlineData("evaluate", "--data", "strokes:700", "--tsne", "0", "--out", "report")]
    [InlineData("probe", "--data", "strokes:700")]
    [InlineData("verify")]
    [InlineData("tsne", "--data", "strokes:700", "--iterations", "5", "--out", "map.csv")]
    public void Model_Folder_MeansItsModel(string command, params string[] rest)
    {
        string run = Path.GetDirectoryName(Train("autoencoder", "stepCount=2", "batchSize=16"))!;
        string[] there = [.. rest.Select((text, i) => i > 0 && rest[i - 1] == "--out" ? In(text) : text)];
        (int status, _, string error) = Run([command, run, .. there]);
        Assert.True(status == 0, error);
        Fails(3, $"'{Path.Combine(Folder, "model.onnx")}': no such file; expected", [command, Folder, .. there]);
    }

    [Fact]
    public void Help_OfTheProgram_HasALineForEachCommand()
    {
        (int status, string output, _) = Run("--help");
        Assert.Equal(0, status);
        Assert.Contains("\nUsage:\n  uvl [command] [options]\n", output, StringComparison.Ordinal);
        string[] commands = [.. output[output.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(line => line.Length > 0)];
        Assert.All(commands, line => Assert.Matches("^  [a-z]+( <[A-Z]+>)? +[A-Z].*\\.$", line));
        Assert.Contains(commands, line => line.StartsWith("  train <METHOD> ", StringComparison.Ordinal));
    }

    [Fact]
    public void Help_OfACommand_HasItsExamples()
    {
        (int status, string output, _) = Run("embed", "-h");
        Assert.Equal(0, status);
        Assert.Contains("Examples: uvl embed ", output, StringComparison.Ordinal);
        Assert.Contains("\nUsage:\n  uvl embed ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void BadInput_Command_NamesThoseThereAre()
    {
        Fails(2, "no command 'embde', did you mean 'embed'? Expected train, sweep, ", "embde", "x");
        Fails(2, "uvl: Option '--out' is required. See 'uvl data strokes --help'.", "data", "strokes");
        Fails(2, "no command 'strokse', did you mean 'strokes'? Expected fetch, info, strokes. See 'uvl data --help'.", "data", "strokse");
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
        Fails(5, "became", "train", "autoencoder", "--quiet", "--data", "strokes:700", "--out", In("wild"), "--set", "learningRate=1e30",
            "--set", "stepCount=50", "--set", "batchSize=16");
        Assert.False(File.Exists(In("wild/model.onnx")));
    }
}
