using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Models.InfoGan;
using Toolchain.Train.Runs;
using TorchSharp;

namespace Toolchain.Train.Tests.Runs;

/// <summary>Three restarts of four steps, of which one continues to eight.</summary>
public sealed class RestartsTests : IDisposable
{
    const int restarts = 3, restartSteps = 4, steps = 8, total = steps + (restarts - 1) * restartSteps;

    static readonly InfoGanOptions options = new()
    {
        BatchSize = 8,
        StepCount = steps,
        Restarts = restarts,
        RestartSteps = restartSteps,
        HiddenSize = 16,
        ChannelCount = 2,
        Consistency = true,
        LearningRate = 0.02,
    };

    static readonly ImageSet digits = StrokeDigits.Draw(40, 1);

    readonly TemporaryFolder folder = new();

    public RestartsTests() => torch.set_num_threads(1);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_ThreeRestarts_ContinuesTheMostInformative()
    {
        Train("a");
        double[] information =
            [.. Enumerable.Range(0, restarts).Select(restart =>
            Lines($"a/restarts/{restart}").Average(line => JsonDocument.Parse(line).RootElement.GetProperty("information").GetDouble()))];
        int best = Array.IndexOf(information, information.Max());
        Assert.Equal(restarts, information.Distinct().Count());
        Assert.All(Enumerable.Range(0, restarts), restart => Assert.Equal(restartSteps, Lines($"a/restarts/{restart}").Length));
        Assert.Equal(Lines($"a/restarts/{best}"), Lines("a").Take(restartSteps));
        Assert.Equal(steps, Lines("a").Length);
        Assert.Contains($"restart {best + 1} of {restarts} selected: information ", File.ReadAllText(folder["a/train.log"]));
        Assert.True(File.Exists(folder["a/pictures/step-000000.png"]));
        Assert.Equal([folder["a/checkpoints/last.safetensors"]],
            Directory.GetFiles(folder["a"], "*.safetensors", SearchOption.AllDirectories));
    }

    [Fact]
    public void Train_FirstRestart_IsTheRunWithOneRestart()
    {
        Train("several");
        Train("one", options with { Restarts = 1 });
        Assert.Equal(Lines("one").Take(restartSteps), Lines("several/restarts/0"));
        Assert.False(Directory.Exists(folder["one/restarts"]));
    }

    [Theory]
    [InlineData(2)] // in the first restart
    [InlineData(restartSteps)] // between two
    [InlineData(2 * restartSteps + 1)] // in the last
    [InlineData(restarts * restartSteps + 1)] // after the selection
    public void Resume_AfterAStop_GivesTheSameBits(int step)
    {
        byte[] straight = Train("straight"), log = File.ReadAllBytes(folder["straight/metrics.jsonl"]);
        using var cancel = new CancellationTokenSource();
        OperationCanceledException error = Assert.Throws<OperationCanceledException>(() =>
            Train("broken", progress: new At(step, cancel.Cancel), stop: cancel.Token));
        Assert.Equal($"stopped at step {step} of {total}", error.Message);
        Assert.Equal(straight, Train("broken", resume: true));
        Assert.Equal(log, File.ReadAllBytes(folder["broken/metrics.jsonl"]));
    }

    [Fact]
    public void Train_TimeIsUpBeforeTheSelection_LeavesAModelAndCanResume()
    {
        byte[] straight = Train("straight");
        Assert.NotEqual(straight, Train("short", time: TimeSpan.Zero));
        Assert.False(File.Exists(folder["short/manifest.json"]));
        Assert.Equal(straight, Train("short", resume: true));
    }

    [Fact]
    public void Train_ThreeRestarts_ReportsStepsOfTheWholeRun()
    {
        var seen = new List<(int, int)>();
        Train("a", progress: new Each(progress => seen.Add((progress.Step, progress.StepCount))));
        Assert.Equal(Enumerable.Range(1, total).Select(step => (step, total)), seen);
    }

    string[] Lines(string run) => File.ReadAllLines(folder[$"{run}/metrics.jsonl"]);

    byte[] Train(string run, InfoGanOptions? other = null, bool resume = false, TimeSpan? time = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken stop = default)
    {
        RunFolder opened = resume ? RunFolder.Open(folder[run]) : RunFolder.Create(folder[run]);
        TrainingRun.Execute(MethodRegistry.Find("infogan"), opened, new TrainingRequest
        {
            Data = digits,
            DataSpec = "strokes:40:1",
            Options = other ?? options,
            Seed = 1,
            Threads = 1,
            Resume = resume,
            Time = time,
            Progress = progress,
            Cancellation = stop,
        });
        return File.ReadAllBytes(opened.Model);
    }

    sealed class At(int step, Action act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
            {
                act();
            }
        }
    }

    sealed class Each(Action<TrainingProgress> act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act(value);
    }
}
