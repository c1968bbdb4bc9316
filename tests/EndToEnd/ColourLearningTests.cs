using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>
/// Every system that trains by gradients on 64 x 64 images in colour: a short training passes a floor that the untrained network fails, and
/// its model goes through export, parity, embedding and report.
/// </summary>
[Trait("Category", "Slow")]
public sealed class ColourLearningTests : CommandTest
{
    // 900 drawn digits on coloured grounds to train on, 150 to test on.
    const string data = "strokes:1050:0:64:rgb";

    /// <summary>Method, figure of metrics.jsonl, value that the trained network reaches and the untrained one does not, settings.</summary>
    public static TheoryData<string, string, double, string> Table { get; } = new()
    {
        { "autoencoder", "loss", -0.052, "stepCount=200 batchSize=32" },
        { "infogan", "bound", 0.9, "stepCount=200 batchSize=32 restarts=1 channelCount=16 hiddenSize=128" },
        { "capsules", "image", -3500, "stepCount=200 batchSize=16 selfLabelShare=0 partCount=8 objectCount=10 channelCount=16 "
            + "firstChannelCount=16 hiddenSize=32 codeSize=32 capsuleSize=16" },
        { "moco", "loss", -4.6, "stepCount=200 batchSize=32 queueLength=128 keyMomentum=0.9 learningRate=0.03 temperature=0.2 "
            + "warmupSteps=10" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void System_OnColouredImages_LearnsAndGoesThroughToTheReport(string method, string figure, double floor, string settings)
    {
        Ok(["train", method, "--data", data, "--threads", "1", "--out", In(method), .. Set(settings)]);
        RequireLearning(method, figure, floor);
        GoesThrough(method);
    }

    // Its labels are the clusters of a run that barely started, so the floor is of learning them.
    [Fact]
    public void Refine_OnColouredImages_LearnsTheLabelsOfItsStart()
    {
        Ok(["train", "moco", "--data", data, "--threads", "1", "--out", In("start"), .. Set("stepCount=10 batchSize=32 queueLength=64")]);
        Ok(["train", "refine", "--data", data, "--threads", "1", "--out", In("refined"),
            .. Set($"from={In("start")} stepCount=80 batchSize=32 rounds=1")]);
        RequireLearning("refined", "loss", -2);
        GoesThrough("refined");
    }

    // Of losses the floor is negative: less is better.
    void RequireLearning(string run, string figure, double floor)
    {
        double[] values = [.. File.ReadLines(In($"{run}/metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty(figure).GetDouble() * (floor < 0 ? -1 : 1))];
        double untrained = values[..5].Average(), trained = values[^20..].Average();
        Assert.True(untrained < floor && trained > floor, $"{figure} of {run}, floor {floor}: untrained {untrained}, trained {trained}");
    }

    void GoesThrough(string run)
    {
        OnnxModel model = OnnxFile.Load(In($"{run}/model.onnx"));
        Assert.Equal(new ImageShape(3, 64, 64),
            ImageShape.Of([1, .. Enumerable.Range(1, 3).Select(axis => model.Inputs[0].Shape[axis].Size!.Value)]));
        Ok("export", In(run), "--out", In("again.onnx"));
        Assert.Equal(File.ReadAllBytes(In($"{run}/model.onnx")), File.ReadAllBytes(In("again.onnx")));
        Ok("verify", In(run), "--data", data);
        Ok("embed", In(run), "--data", data, "--split", "test", "--out", In("e.npy"));
        Assert.Equal(150, NpyFile.Read(In("e.npy")).Shape[0]);
        Ok("evaluate", In(run), "--data", data, "--tsne", "0", "--protocol", "strict", "--threads", "1", "--out", In("report"));
        Assert.Contains("## Confusion of ", File.ReadAllText(In("report/report.md")), StringComparison.Ordinal);
    }

    static IEnumerable<string> Set(string settings) => settings.Split(' ').SelectMany(setting => new[] { "--set", setting });

    static void Ok(params string[] command)
    {
        (int status, _, string error) = Run(command);
        Assert.True(status == 0, $"{string.Join(' ', command)}: {error}");
    }
}
