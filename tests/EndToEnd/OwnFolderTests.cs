using System.Text.Json;
using SkiaSharp;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>A user's own folder: 300 PNG and JPEG files of several sizes, five classes in a folder each, and nothing else said.</summary>
public sealed class OwnFolderTests : CommandTest
{
    static readonly string[] classes = ["nought", "one", "two", "three", "four"];

    [Fact]
    public void MoCo_OnAFolderOfFiveClasses_TrainsAndItsReportNamesThem()
    {
        Draw();
        (int status, _, string error) = Run("train", "moco", "--data", In("my-folder"), "--out", In("run"), "--set", "stepCount=3");
        Assert.True(status == 0, error);
        (status, string output, error) = Run("evaluate", In("run"), "--data", In("my-folder"), "--out", In("report"), "--tsne", "0");
        Assert.True(status == 0, error);
        Assert.Contains("strict", output, StringComparison.Ordinal);
        Assert.DoesNotContain("poster", output, StringComparison.Ordinal);
        string page = File.ReadAllText(In("report/report.html"));
        Assert.All(classes, name => Assert.Contains($"<th scope=\"row\">{name}</th>", page, StringComparison.Ordinal));
        JsonElement metrics = JsonDocument.Parse(File.ReadAllText(In("report/metrics.json"))).RootElement;
        Assert.Equal(["four", "nought", "one", "three", "two"],
            metrics.GetProperty("dataset").GetProperty("classes").EnumerateArray().Select(name => name.GetString()!));
        Assert.All(metrics.GetProperty("rows").EnumerateArray(), row => Assert.Equal((5, 300),
            (row.GetProperty("k").GetInt32(), row.GetProperty("images").GetInt32())));
    }

    [Fact]
    public void Train_MethodWithClusters_TakesAsManyAsTheDataHasClasses()
    {
        Draw();
        (int status, _, string error) = Run("train", "kmeans", "--data", In("my-folder"), "--out", In("five"), "--set", "restarts=1");
        Assert.True(status == 0, error);
        Assert.Contains("clusterCount=5: as many as classes have images; --set clusterCount= takes another number", error,
            StringComparison.Ordinal);
        (status, _, error) = Run("train", "kmeans", "--data", In("my-folder"), "--out", In("ten"), "--set", "clusterCount=10",
            "--set", "restarts=1");
        Assert.True(status == 0, error);
        Assert.DoesNotContain("as many as classes have images", error, StringComparison.Ordinal);
        Assert.Equal([5, 10], new[] { "five", "ten" }.Select(run => JsonDocument.Parse(File.ReadAllText(In($"{run}/config.json")))
            .RootElement.GetProperty("options").GetProperty("clusterCount").GetInt32()));
    }

    [Fact]
    public void ClusterMapAndProbe_OfNamedClasses_StoreTheNames()
    {
        Draw();
        Assert.Equal(0, Run("train", "autoencoder", "--data", In("my-folder"), "--out", In("run"), "--set", "stepCount=3").Status);
        foreach (string[] command in new[] { new[] { "cluster", "--map" }, ["probe"] })
        {
            (int status, _, string error) = Run([command[0], In("run"), "--data", In("my-folder"), .. command[1..], "--out", In("f.onnx")]);
            Assert.True(status == 0, error);
            IReadOnlyDictionary<string, string> metadata = OnnxFile.Load(In("f.onnx")).Metadata;
            Assert.Equal(("5", """["four","nought","one","three","two"]"""), (metadata[ModelKeys.Clusters], metadata[ModelKeys.Classes]));
        }
    }

    [Fact]
    public void Cluster_WithTheMapOfOtherClasses_SaysSo()
    {
        Draw();
        string encoder = Checkout.In("models", "moco");
        Assert.Equal(0, Run("cluster", encoder, "--data", In("my-folder"), "--map", "--out", In("f.onnx")).Status);
        (int status, _, string error) = Run("cluster", In("f.onnx"), "--data", "strokes:60", "--split", "test", "--out", In("a.csv"));
        Assert.Equal(0, status);
        Assert.Contains("the images have other classes than those that the model's map was fitted on", error, StringComparison.Ordinal);
        (status, _, error) = Run("cluster", In("f.onnx"), "--data", In("my-folder"), "--split", "test", "--out", In("b.csv"));
        Assert.Equal(0, status);
        Assert.DoesNotContain("other classes", error, StringComparison.Ordinal);
        Assert.Contains("--split: 'my-folder' has no parts; all images are taken", error, StringComparison.Ordinal);
    }

    // Nothing was trained: the same folder takes the right command.
    [Fact]
    public void Train_RefineOfARunWithoutAnEncoder_LeavesNoFolder()
    {
        Assert.Equal(0, Run("train", "kmeans", "--data", "strokes:60", "--set", "restarts=1", "--out", In("k")).Status);
        Assert.Equal(2, Run("train", "refine", "--data", "strokes:60", "--set", $"from={In("k")}", "--out", In("r")).Status);
        Assert.False(Directory.Exists(In("r")));
    }

    // 28 to 57 pixels wide, light on dark, every second file a JPEG.
    void Draw()
    {
        ImageSet digits = StrokeDigits.Draw(600, 4);
        int written = 0;
        for (int i = 0; i < digits.Count && written < 300; i++)
        {
            if (digits.Labels![i] < classes.Length)
            {
                int side = 28 + written % 30;
                using var image = new SKBitmap(new SKImageInfo(28, 28, SKColorType.Gray8));
                digits.Image(i).CopyTo(image.GetPixelSpan());
                using SKBitmap sized = image.Resize(new SKImageInfo(side, side, SKColorType.Gray8),
                    new SKSamplingOptions(SKFilterMode.Linear));
                bool isJpeg = written++ % 2 == 0;
                using SKData file = sized.Encode(isJpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 90);
                string folder = Directory.CreateDirectory(In($"my-folder/{classes[digits.Labels[i]]}")).FullName;
                File.WriteAllBytes(Path.Combine(folder, $"{i:d3}.{(isJpeg ? "jpg" : "png")}"), file.ToArray());
            }
        }
        Assert.Equal(300, written);
    }
}
