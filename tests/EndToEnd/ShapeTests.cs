using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Seeds;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Train.Runs;

namespace Toolchain.EndToEnd;

/// <summary>
/// Every system on images of other channels, sizes and numbers of classes than MNIST's: trained for 20 steps, stopped and resumed to the
/// same bits, exported with parity, embedded and evaluated.
/// </summary>
public sealed class ShapeTests : CommandTest
{
    const int count = 120;

    public static TheoryData<string, int, int, int, int> Table { get; } = Rows();

    static TheoryData<string, int, int, int, int> Rows()
    {
        (int Channels, int Height, int Width, int Classes)[] shapes = [(1, 20, 24, 3), (3, 32, 32, 12), (1, 40, 36, 2)];
        var rows = new TheoryData<string, int, int, int, int>();
        foreach (Method method in MethodRegistry.All.Where(method => method.Name != "refine"))
        {
            foreach ((int channels, int height, int width, int classes) in shapes)
            {
                rows.Add(method.Name, channels, height, width, classes);
            }
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void System_OnImagesOfAnyShape_TrainsResumesExportsAndEvaluates(string method, int channels, int height, int width, int classes)
    {
        string data = Draw(new(channels, height, width), classes);
        bool isFit = method is "kmeans" or "gmm";
        string[] few = isFit ? ["maxIterations=5"] : method switch
        {
            "infogan" => ["stepCount=20", "batchSize=12", "restarts=1", "channelCount=8", "hiddenSize=32"],
            "moco" => ["stepCount=20", "batchSize=12", "queueLength=24"],
            "capsules" => ["stepCount=20", "batchSize=8", "selfLabelShare=0", "partCount=4", "objectCount=4", "channelCount=8",
                "firstChannelCount=8", "hiddenSize=16", "codeSize=16", "capsuleSize=8"],
            "autoencoder" => ["stepCount=20", "batchSize=12", "clusterSteps=8"],
            _ => ["stepCount=20", "batchSize=12"],
        };
        string[] settings = [.. few.SelectMany(setting => new[] { "--set", setting })];
        Ok(["train", method, "--data", data, "--out", In("whole"), "--threads", "1", .. settings]);
        var shape = new ImageShape(channels, height, width);
        OnnxModel model = OnnxFile.Load(In("whole/model.onnx"));
        Assert.Equal(shape, ImageShape.Of([1, .. Enumerable.Range(1, 3).Select(axis => model.Inputs[0].Shape[axis].Size!.Value)]));
        Assert.Contains("letterbox", model.Metadata[ModelKeys.Preprocess], StringComparison.Ordinal);
        if (!isFit)
        {
            Ok(["train", method, "--data", data, "--out", In("parts"), "--threads", "1", "--time", "0.01s", .. settings]);
            Ok("train", "--resume", In("parts"));
            Assert.Equal(File.ReadAllBytes(In("whole/model.onnx")), File.ReadAllBytes(In("parts/model.onnx")));
        }
        // Training exports each shape; the command by itself is told apart by channels alone.
        if (!isFit && shape.IsRgb)
        {
            Ok("export", In("whole"), "--out", In("again.onnx"));
            Assert.Equal(File.ReadAllBytes(In("whole/model.onnx")), File.ReadAllBytes(In("again.onnx")));
        }
        if (method != "kmeans")
        {
            Ok("embed", In("whole"), "--data", data, "--out", In("e.npy"));
            Assert.Equal(count, NpyFile.Read(In("e.npy")).Shape[0]);
        }
        Ok("verify", In("whole"), "--data", data);
        Ok("evaluate", In("whole"), "--data", data, "--tsne", "0", "--out", In("report"));
        JsonElement metrics = JsonDocument.Parse(File.ReadAllText(In("report/metrics.json"))).RootElement;
        Assert.Contains(metrics.GetProperty("rows").EnumerateArray(), row => row.GetProperty("k").GetInt32() == classes);
    }

    [Theory]
    [InlineData(1, 20, 24, 3)]
    [InlineData(3, 32, 32, 12)]
    [InlineData(1, 40, 36, 2)]
    public void Refine_OfARunOnImagesOfAnyShape_TakesTheirShapeAndClasses(int channels, int height, int width, int classes)
    {
        string data = Draw(new(channels, height, width), classes);
        Ok("train", "moco", "--data", data, "--out", In("moco"), "--set", "stepCount=2", "--set", "batchSize=12", "--set",
            "queueLength=24");
        Ok("train", "refine", "--data", data, "--out", In("refined"), "--set", $"from={In("moco")}", "--set", "stepCount=20", "--set",
            "rounds=1", "--set", "batchSize=12");
        OnnxModel model = OnnxFile.Load(In("refined/model.onnx"));
        Assert.Equal((long)classes, model.Outputs.First(output => output.Name == "probability").Shape[1].Size);
        Ok("evaluate", In("refined"), In("moco"), "--data", data, "--tsne", "0", "--out", In("report"));
    }

    [Theory]
    [InlineData("infogan", 15, 14, "expected images whose sides are multiples of 4 pixels, found 14 x 15; say --size 16")]
    [InlineData("capsules", 12, 13,
        "expected images of at least 15 pixels a side for 3 convolutions and 24 parts, found 13 x 12; say --size 28")]
    public void Train_OnAShapeThatCannotBe_NamesFoundAndExpected(string method, int height, int width, string message)
    {
        string data = Draw(new(1, height, width), 3);
        (int status, _, string error) = Run("train", method, "--data", data, "--out", In("run"), "--set", "stepCount=1");
        Assert.Equal(2, status);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(File.Exists(In("run/model.onnx")));
    }

    [Fact]
    public void Evaluate_ModelsOfTwoShapes_IsRefused()
    {
        string data = Draw(new(3, 16, 16), 3);
        Ok("train", "kmeans", "--data", data, "--out", In("rgb"));
        Ok("train", "kmeans", "--data", data, "--color", "gray", "--size", "20x24", "--out", In("gray"));
        (int status, _, string error) = Run("evaluate", In("rgb"), In("gray"), "--data", data, "--out", In("report"));
        Assert.Equal((2, $"uvl: MODEL: expected models of one size and fit of images, found 16 x 16 RGB, letterbox of "
            + $"'{In("rgb/model.onnx")}' and 20 x 24, letterbox of '{In("gray/model.onnx")}'; evaluate them apart.\n"), (status, error));
    }

    // Both parts take the size that was said.
    [Fact]
    public void Sweep_WithASize_ScoresTestImagesOfIt() => Ok("sweep", "autoencoder", "--data", "strokes:140:1", "--size", "20", "--grid",
        "embeddingSize=4", "--set", "stepCount=2", "--set", "batchSize=10", "--out", In("sweep"));

    [Fact]
    public void Train_ResumedWithAnotherSize_IsRefused()
    {
        string data = Draw(new(3, 16, 16), 3);
        Ok("train", "kmeans", "--data", data, "--out", In("run"));
        File.Delete(In("run/manifest.json")); // as if it had been stopped
        (int status, _, string error) = Run("train", "--resume", In("run"), "--size", "24");
        Assert.Equal((2, "uvl: --size, --color: expected neither where a run or a model decides (16 x 16 RGB, letterbox); begin a new "
            + "run.\n"), (status, error));
    }

    static void Ok(params string[] command)
    {
        (int status, _, string error) = Run(command);
        Assert.True(status == 0, $"{string.Join(' ', command)}: {error}");
    }

    // A bar of the class's direction and colour on a ground of noise; labels by folder names would need files, so an archive has them.
    string Draw(ImageShape shape, int classes)
    {
        byte[] pixels = new byte[count * shape.Size];
        int[] labels = new int[count];
        var random = new RandomStream(7, "shapes");
        for (int image = 0; image < count; image++)
        {
            labels[image] = image % classes;
            (double sin, double cos) = Math.SinCos(Math.PI * labels[image] / classes);
            double offset = random.NextDouble(-.15, .15) * shape.Width;
            for (int i = 0; i < shape.Size; i++)
            {
                (int channel, int at) = Math.DivRem(i, shape.PixelCount);
                (int y, int x) = Math.DivRem(at, shape.Width);
                bool isBar = Math.Abs(cos * (x - shape.Width / 2.0) + sin * (y - shape.Height / 2.0) - offset) < shape.Width / 10.0;
                int bright = isBar ? 120 + 40 * ((labels[image] + channel) % 3) : 20;
                pixels[image * shape.Size + i] = (byte)(bright + random.NextInt32(30));
            }
        }
        NpyFile.Write(In("images.npy"), TensorEntry.Of<byte>(pixels, count, shape.Channels, shape.Height, shape.Width));
        return WithLabels(labels);
    }

    // As numpy.savez writes it.
    string WithLabels(int[] labels)
    {
        NpyFile.Write(In("labels.npy"), TensorEntry.Of<long>(Array.ConvertAll(labels, label => (long)label), labels.Length));
        using System.IO.Compression.ZipArchive archive = System.IO.Compression.ZipFile.Open(In("data.npz"),
            System.IO.Compression.ZipArchiveMode.Create);
        foreach (string name in new[] { "images.npy", "labels.npy" })
        {
            using Stream entry = archive.CreateEntry(name).Open();
            entry.Write(File.ReadAllBytes(In(name)));
        }
        return In("data.npz");
    }
}
