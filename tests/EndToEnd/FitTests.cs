using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>A model says how its images were fitted, and every command does what it says.</summary>
public sealed class FitTests : CommandTest
{
    const int count = 600, side = 40;

    [Fact]
    public void Model_TrainedOnStretchedImages_StretchesThemEverywhere()
    {
        Draw();
        Ok("train", "autoencoder", "--data", In("large.npy"), "--fit", "stretch", "--set", "stepCount=3", "--set", "batchSize=20",
            "--out", In("run"));
        Assert.Equal("""{"fit":"stretch"}""", OnnxFile.Load(In("run/model.onnx")).Metadata[ModelKeys.Preprocess]);
        ImageSet fitted = ImageSource.Open(In("large.npy"), Split.All, new() { Fit = FitMode.Stretch });
        NpyFile.Write(In("small.npy"), TensorEntry.Of<byte>(fitted.Pixels, count, 28, 28));
        foreach (string[] more in new[] { [], new[] { "--fit", "digit" } })
        {
            Ok(["embed", In("run"), "--data", In("large.npy"), "--out", In("large.csv"), .. more]);
            Ok("embed", In("run"), "--data", In("small.npy"), "--out", In("small.csv"));
            Assert.Equal(more.Length == 0, File.ReadAllText(In("small.csv")) == File.ReadAllText(In("large.csv")));
        }
        // Each of these reads the digest of the images that it trained or fitted on: that of the stretched ones.
        Ok("cluster", In("run"), "--data", In("large.npy"), "--k", "3", "--out", In("clusters.onnx"));
        Ok("calibrate", In("run"), "--data", In("large.npy"), "--out", In("calibrated.onnx"));
        Assert.Equal([fitted.Sha256, fitted.Sha256], [OnnxFile.Load(In("clusters.onnx")).Metadata[ModelKeys.ClustererDatasetSha256],
            OnnxFile.Load(In("calibrated.onnx")).Metadata[ModelKeys.NoveltyDatasetSha256]]);
        Ok("evaluate", In("run"), "--data", In("large.npy"), "--tsne", "0", "--out", In("report"));
        Assert.Contains(fitted.Sha256, File.ReadAllText(In("report/metrics.json")), StringComparison.Ordinal);
        Ok("tsne", In("run"), "--data", In("large.npy"), "--split", "all", "--out", In("places.csv"));
        Ok("verify", In("run"), "--data", In("large.npy"));
    }

    [Fact]
    public void Run_OnStretchedImages_IsResumedExportedAndRefinedOnThem()
    {
        Draw();
        Ok("train", "autoencoder", "--data", In("large.npy"), "--fit", "stretch", "--set", "stepCount=2", "--set", "batchSize=20", "--out",
            In("run"));
        File.Delete(In("run/manifest.json")); // as if it had been stopped
        Ok("train", "--resume", In("run"));
        Ok("export", In("run"), "--out", In("again.onnx"));
        Ok("train", "refine", "--data", In("large.npy"), "--set", $"from={In("run")}", "--set", "stepCount=2", "--set", "rounds=1", "--set",
            "headSteps=1", "--set", "clusterCount=3", "--set", "batchSize=20", "--out", In("refined"));
        Assert.All(["run/model.onnx", "again.onnx", "refined/model.onnx"], model =>
            Assert.Equal("""{"fit":"stretch"}""", OnnxFile.Load(In(model)).Metadata[ModelKeys.Preprocess]));
    }

    [Fact]
    public void Evaluate_ModelsOfTwoFits_IsRefusedUnlessTheFitIsSaid()
    {
        Draw();
        Ok("train", "autoencoder", "--data", In("large.npy"), "--set", "stepCount=1", "--set", "batchSize=20", "--out", In("digit"));
        Ok("train", "autoencoder", "--data", In("large.npy"), "--fit", "crop", "--set", "stepCount=1", "--set", "batchSize=20", "--out",
            In("crop"));
        Assert.DoesNotContain(ModelKeys.Preprocess, OnnxFile.Load(In("digit/model.onnx")).Metadata.Keys);
        string[] command = ["evaluate", In("digit"), In("crop"), "--data", In("large.npy"), "--tsne", "0", "--out", In("report")];
        (int status, _, string error) = Run(command);
        Assert.Equal((2, $"uvl: MODEL: expected models of one size and fit of images, found 28 x 28, digit of "
            + $"'{In("digit/model.onnx")}' and 28 x 28, crop of "
            + $"'{In("crop/model.onnx")}'; evaluate them apart, or say --fit.\n"), (status, error));
        Ok([.. command, "--fit", "letterbox"]);
    }

    [Fact]
    public void Embed_ModelOfAnUnknownFit_EndsWith4()
    {
        Draw();
        var graph = new GraphBuilder("encoder");
        graph.Output("embedding", graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28))));
        graph.Build().WithMetadata(new Dictionary<string, string> { [ModelKeys.Preprocess] = """{"fit":"pad"}""" }).Save(In("m.onnx"));
        (int status, _, string error) = Run("embed", In("m.onnx"), "--data", In("large.npy"), "--out", In("e.npy"));
        Assert.Equal((4, $"uvl: '{In("m.onnx")}': metadata 'uvl.preprocess': expected a fit among digit, none, letterbox, crop, stretch, "
            + "found 'pad'; take a newer uvl.\n"), (status, error));
    }

    static void Ok(params string[] command)
    {
        (int status, _, string error) = Run(command);
        Assert.True(status == 0, $"{string.Join(' ', command)}: {error}");
    }

    // Squares of another size, place and brightness each, on a dark ground.
    void Draw()
    {
        byte[] pixels = new byte[count * side * side];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int image, int y, int x) = (i / (side * side), i / side % side, i % side);
            bool isInk = x >= 2 + image % 7 && x < 12 + image % 20 && y >= 3 + image % 5 && y < 15 + image % 22;
            pixels[i] = (byte)(isInk ? 120 + image % 130 : 5);
        }
        NpyFile.Write(In("large.npy"), TensorEntry.Of<byte>(pixels, count, side, side));
    }
}
