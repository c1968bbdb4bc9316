using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Features;
using Toolchain.Train.Models.Capsules;
using Toolchain.Train.Models.Refine;
using Toolchain.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

public sealed class RefineTests
{
    static readonly RefineOptions small = new() { From = "none", ClusterCount = 3 };

    [Theory]
    [InlineData("moco", "queueLength=16")]
    [InlineData("autoencoder", "denoise=false")]
    public void Step_AtEachRound_LabelsEveryImageWithADistribution(string from, string setting)
    {
        using var folder = new TemporaryFolder();
        ImageSet digits = StrokeDigits.Draw(60, 1);
        Method method = MethodRegistry.Find(from);
        TrainingRun.Execute(method, RunFolder.Create(folder["given"]), new TrainingRequest
        {
            Data = digits,
            DataSpec = "strokes:60:1",
            Options = OptionBinder.Apply(method.Defaults, ["stepCount=2", "batchSize=16", setting]),
            Threads = 1,
        });
        var options = new RefineOptions
        {
            From = folder["given"],
            StepCount = 4,
            Rounds = 2,
            BatchSize = 16,
            ClusterCount = 4,
            ConfidentShare = 0.5
        };
        using var trainer = new RefineTrainer(options, new GradientJob(digits, 1, CPU, 1), TrainedEncoder.Open);
        var sampler = new BatchSampler(60, 16, 1);
        var model = (Refinement)trainer.Module;
        for (int step = 0; step < 4; step++)
        {
            float[] before = model.Labels.Target.data<float>().ToArray();
            trainer.Step(sampler[step]);
            float[] after = model.Labels.Target.data<float>().ToArray();
            Assert.Equal(step is 0 or 2, !before.AsSpan().SequenceEqual(after)); // the first labels, and one new round
            Assert.All(after.Chunk(4), label => Assert.Equal(1f, label.Sum(), 1e-5f));
            Assert.InRange(model.Labels.Confident.sum().ToSingle(), 30, 34); // half of each of up to four clusters, rounded up
        }
    }

    [Fact]
    public void Manifest_FromRunsOfTwoSeeds_NamesTheSameSource()
    {
        using var folder = new TemporaryFolder();
        string[] sources = [Refined("a", 0), Refined("b", 1), Refined("c", 0, "denoise=false")];
        Assert.Equal(sources[0], sources[1]);
        Assert.NotEqual(sources[0], sources[2]);
        Assert.Contains("\"method\":\"autoencoder\"", sources[0], StringComparison.Ordinal);
        Assert.Equal($"[{sources[0]},{sources[2]}]", Provenance.SourceOf([folder["a"], folder["c"]]).ToJsonString());

        string Refined(string name, int seed, params string[] settings)
        {
            Run("autoencoder", name, seed, ["stepCount=1", "batchSize=16", .. settings]);
            return Run("refine", $"refined-{name}", seed, ["stepCount=1", "rounds=1", "batchSize=16", $"from={folder[name]}"])
                .ReadManifest()[ModelManifest.Source]!.ToJsonString();
        }

        RunFolder Run(string method, string name, int seed, string[] settings)
        {
            Method known = MethodRegistry.Find(method);
            RunFolder run = RunFolder.Create(folder[name]);
            TrainingRun.Execute(known, run, new TrainingRequest
            {
                Data = StrokeDigits.Draw(60, 1),
                DataSpec = "strokes:60:1",
                Options = OptionBinder.Apply(known.Defaults, settings),
                Seed = seed,
                Threads = 1,
            });
            return run;
        }
    }

    [Fact]
    public void Step_FromARunOnOtherImages_TakesItsEncoder()
    {
        using var folder = new TemporaryFolder();
        ImageSet digits = StrokeDigits.Draw(60, 1);
        Method method = MethodRegistry.Find("capsules");
        // With labels of its own images.
        MethodOptions options = OptionBinder.Apply(method.Defaults,
            ["stepCount=2", "batchSize=16", "partCount=4", "objectCount=4", "channelCount=8", "hiddenSize=16"]);
        TrainingRun.Execute(method, RunFolder.Create(folder["given"]),
        new TrainingRequest { Data = digits, DataSpec = "strokes:60:1", Options = options, Threads = 1 });
        var job = new GradientJob(StrokeDigits.Draw(40, 2), 1, CPU, 1);
        using (TrainedEncoder encoder = TrainedEncoder.Open(folder["given"], job))
        using (var whole = new CapsulesTrainer((CapsulesOptions)options, job with { Data = digits }))
        {
            Checkpoint.Load(RunFolder.Open(folder["given"]).LastCheckpoint, whole);
            whole.Module.eval();
            Assert.Equal(whole.Embed(job.Images([0, 1])), encoder.Embed(job.Images([0, 1])));
        }
        using var trainer = new RefineTrainer(small with { From = folder["given"], BatchSize = 16 }, job, TrainedEncoder.Open);
        trainer.Step(new BatchSampler(40, 16, 1)[0]);
        Assert.Equal(40, ((Refinement)trainer.Module).Labels.Target.sum().ToSingle(), 1e-3f);
    }

    [Fact]
    public void Step_FromTwoRuns_LearnsFromWhatBothNameAlike()
    {
        using var folder = new TemporaryFolder();
        ImageSet digits = StrokeDigits.Draw(60, 1);
        Tensor[] labels = [.. new[] { "autoencoder", "moco" }.Select(name => Embedded(name, folder[name]))];
        var options = new RefineOptions
        {
            From = $"{folder["autoencoder"]}, {folder["moco"]}",
            StepCount = 8,
            Rounds = 1,
            BatchSize = 16,
            ClusterCount = 3,
            Network = Train.Layers.Network.Deep,
            Robustness = 0.5,
            Ensembling = 0.5,
        };
        using var trainer = new RefineTrainer(options, new GradientJob(digits, 1, CPU, 1), TrainedEncoder.Open);
        var sampler = new BatchSampler(60, 16, 1);
        for (int step = 0; step < 8; step++)
        {
            Assert.True(float.IsFinite(trainer.Step(sampler[step])[0].Value));
        }
        SelfLabels found = ((Refinement)trainer.Module).Labels;
        Tensor second = labels[1].index_select(1, ClusterLabels.Order(labels[1], labels[0]));
        float[] agreed = labels[0].argmax(1).eq(second.argmax(1)).to(float32).data<float>().ToArray();
        Assert.Equal(agreed, found.Confident.data<float>().ToArray());
        Assert.InRange(agreed.Sum(), 1, 59);
        Assert.Equal(((labels[0] + second) / 2).data<float>().ToArray(), found.Target.data<float>().ToArray());

        Tensor Embedded(string name, string run)
        {
            Method method = MethodRegistry.Find(name);
            TrainingRun.Execute(method, RunFolder.Create(run), new TrainingRequest
            {
                Data = digits,
                DataSpec = "strokes:60:1",
                Options = OptionBinder.Apply(method.Defaults, ["stepCount=2", "batchSize=16"]),
                Threads = 1,
            });
            var job = new GradientJob(digits, 1, CPU, 1);
            using TrainedEncoder encoder = TrainedEncoder.Open(run, job);
            return ClusterLabels.Of(encoder.EmbedAll(), 3, job);
        }
    }

    [Fact]
    public void LearningRateAt_EachRound_BeginsAnew()
    {
        RefineOptions options = small with { HeadSteps = 10, StepCount = 70, Rounds = 3, WarmupSteps = 0, LearningRate = 1 };
        Assert.Equal([1, 1, 1, 1], new[] { 0, 10, 30, 50 }.Select(options.LearningRateAt));
        Assert.Equal(0.5, options.LearningRateAt(5), 1e-12); // half of the heads' steps
        Assert.Equal(0.5, options.LearningRateAt(40), 1e-12); // half of the second round
    }

    [Theory]
    [InlineData("from=", "'from' must be the folder of a trained run, was empty; say --set from=runs/moco/run-001.")]
    [InlineData("confidentShare=0", "'confidentShare' must be in (0..1], was 0.")]
    [InlineData("headSteps=2000", "'headSteps' must be in [0..stepCount=2000), was 2000.")]
    [InlineData("from=,", "'from' must be the folder of a trained run, was empty; say --set from=runs/moco/run-001.")]
    [InlineData("robustness=1.5", "'robustness' must be in [0..1], was 1.5.")]
    [InlineData("ensembling=1", "'ensembling' must be in [0..1), was 1.")]
    [InlineData("rounds=0", "'rounds' must be in [1..stepCount-headSteps=2000], was 0.")]
    public void Check_OutOfRange_SaysSo(string setting, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => OptionBinder.Apply(small, [setting]).Check()).Message);

    [Fact]
    public void Check_HeadsOnSeveralRuns_SaysSo() =>
        Assert.Equal("'headSteps' must be 0 with 2 runs in 'from', was 5.", Assert.Throws<ArgumentException>(
            () => OptionBinder.Apply(small, ["from=a,b", "headSteps=5"]).Check()).Message);

    [Fact]
    public void Train_FromAFolderWithoutARun_SaysSo()
    {
        using var trainer = new RefineTrainer(small with { From = "nowhere" }, new GradientJob(StrokeDigits.Draw(20, 1), 0, CPU, 1),
            TrainedEncoder.Open);
        Assert.Equal("'nowhere': expected a run folder with config.json, found none; name the folder that 'uvl train' printed.",
            Assert.Throws<InvalidDataException>(() => trainer.Step(new Batch(0, 0, [1, 2]))).Message);
    }
}
