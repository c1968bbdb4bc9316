using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Runs;

namespace Toolchain.Train.Tests.Runs;

public sealed partial class MethodContractTests
{
    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Resume_AfterCancellation_GivesTheSameBits(string name)
    {
        RunBytes straight = Trained(name, "straight");
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(name, "broken", progress: new At(3, cancel.Cancel), stop: cancel));
        Assert.False(File.Exists(folder["broken/model.onnx"]));
        Assert.Equal(3, File.ReadLines(folder["broken/metrics.jsonl"]).Count());
        Assert.Equal(straight, Train(name, "broken", resume: true));
    }

    /// <summary>A killed run leaves metrics of steps after its last checkpoint, and half a line at the end.</summary>
    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Resume_AfterAKill_DropsWhatWasNotSaved(string name)
    {
        RunBytes straight = Trained(name, "straight");
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(name, "killed", progress: new At(2, cancel.Cancel), stop: cancel));
        File.AppendAllText(folder["killed/metrics.jsonl"], "{\"step\":2,\"loss\":99}\n{\"step\":3,\"lo");
        Assert.Equal(straight, Train(name, "killed", resume: true));
    }

    /// <summary>A run that dies in the fourth step, after a checkpoint of its own, which the loop wrote in passing.</summary>
    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Resume_FromACheckpointInPassing_GivesTheSameBits(string name)
    {
        RunBytes straight = Trained(name, "straight");
        Assert.Throws<InvalidTimeZoneException>(() =>
            Train(name, "dead", progress: new At(4, () => throw new InvalidTimeZoneException()), checkpointInterval: TimeSpan.Zero));
        Assert.True(File.Exists(folder["dead/checkpoints/last.safetensors"]));
        Assert.Equal(4, File.ReadLines(folder["dead/metrics.jsonl"]).Count());
        Assert.Equal(straight, Train(name, "dead", resume: true));
    }

    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Train_TimeIsUp_LeavesAModelAndCanGoOn(string name)
    {
        RunBytes straight = Trained(name, "straight");
        Train(name, "short", time: TimeSpan.Zero);
        Assert.Single(File.ReadLines(folder["short/metrics.jsonl"]));
        Assert.True(File.Exists(folder["short/model.onnx"]));
        Assert.False(File.Exists(folder["short/manifest.json"]));
        Assert.Equal(straight, Train(name, "short", resume: true));
    }

    [Fact]
    public void Resume_TwoPieces_SumsTheirTime()
    {
        Train("moco", "a", time: TimeSpan.Zero);
        RunFolder run = RunFolder.Open(folder["a"]);
        Assert.InRange(run.TimeTaken, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        run.TimeTaken = TimeSpan.FromHours(1);
        Train("moco", "a", resume: true);
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(run.Manifest));
        Assert.InRange(manifest.RootElement.GetProperty("train_seconds").GetDouble(), 3600, 3660);
    }

    [Fact]
    public void Resume_OtherImagesSeedOrOptions_IsRefused()
    {
        Train("moco", "a", time: TimeSpan.Zero);
        RunFolder run = RunFolder.Open(folder["a"]);
        Method method = MethodRegistry.Find("moco");
        TrainingRequest request = Request(method, 1, []) with { Resume = true };
        ImageSet others = StrokeDigits.Draw(70, 2);
        Assert.Equal($"'strokes:70:1': expected the images that {run.Path} was begun with (sha256 {digits.Sha256[..12]}), found others "
            + $"({others.Sha256[..12]}); say where those are with --data, or begin a new run.",
            Assert.Throws<InvalidDataException>(() => TrainingRun.Execute(method, run, request with { Data = others })).Message);
        Assert.StartsWith($"'{run.Path}': expected a run with seed 2 and {{",
            Assert.Throws<InvalidDataException>(() => TrainingRun.Execute(method, run, request with { Seed = 2 })).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() =>
            TrainingRun.Execute(method, run, request with { Options = OptionBinder.Apply(request.Options, ["temperature=0.3"]) }));
    }
}
