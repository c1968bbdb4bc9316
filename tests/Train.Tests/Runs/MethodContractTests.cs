using System.Security.Cryptography;
using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Graph;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;
using TorchSharp;

namespace Toolchain.Train.Tests.Runs;

/// <summary>What every registered method must do; a new one is covered by its line in the registry.</summary>
public sealed class MethodContractTests : IDisposable
{
    const int steps = 6, batchSize = 16;

    static readonly DigitSet digits = StrokeDigits.Draw(70, 1);

    readonly TemporaryFolder folder = new();

    public MethodContractTests() => torch.set_num_threads(1);

    // What methods that start from another run start from.
    string Given
    {
        get
        {
            if (!Directory.Exists(folder["given"]))
            {
                Train("moco", "given", seed: 9);
            }
            return folder["given"];
        }
    }

    public static TheoryData<string> Methods => [.. MethodRegistry.All.Select(method => method.Name)];

    public static TheoryData<string> GradientMethods =>
        [.. MethodRegistry.All.Where(method => method.Defaults is GradientOptions).Select(method => method.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void Train_SameSeedTwice_GivesTheSameBytes(string name)
    {
        byte[] first = Train(name, "a").Model;
        Assert.Equal(first, Train(name, "b").Model);
        Assert.NotEqual(first, Train(name, "c", seed: 2).Model);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Train_Model_FollowsTheContract(string name)
    {
        Train(name, "a");
        OnnxModel model = OnnxModel.Load(folder["a/model.onnx"]);
        GraphChecker.Check(model);
        Value image = Assert.Single(model.Inputs);
        Assert.Equal(("image", "[N,1,28,28]"), (image.Name, image.Shape.ToString()));
        string[] contract = ["embedding", "probability", "cluster"];
        string[] outputs = [.. model.Outputs.Select(output => output.Name)], known = [.. contract.Intersect(outputs)];
        Assert.NotEmpty(known);
        Assert.Equal(known, outputs.Take(known.Length)); // further ones, such as "feature", stand behind
        Assert.Equal((name, "1", "strokes all", digits.Sha256),
        (model.Metadata["uvl.method"], model.Metadata["uvl.seed"], model.Metadata["uvl.dataset"], model.Metadata["uvl.dataset_sha256"]));
        foreach (int count in new[] { 1, 3 })
        {
            var inputs = new Dictionary<string, TensorData>
            {
                ["image"] =
            TensorData.Of([.. digits.Pixels.Take(count * 784).Select(value => value / 255f)], count, 1, 28, 28)
            };
            Assert.All(Evaluator.Run(model, inputs), output =>
            {
                Assert.Equal(count, output.Value.Sizes[0]);
                Assert.All(output.Value.ToDoubles(), value => Assert.True(double.IsFinite(value)));
            });
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Train_Finished_WritesConfigThatReadsBack(string name)
    {
        Train(name, "a");
        var config = RunConfig.Read(RunFolder.Open(folder["a"]));
        Assert.Equal((name, "strokes:70:1", digits.Sha256, 1, "cpu"),
            (config.Method.Name, config.DataSpec, config.DatasetSha256, config.Seed, config.Device));
        Assert.Equal(Small(config.Method), config.Options);
        Assert.True(File.Exists(folder["a/manifest.json"]));
    }

    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Resume_AfterCancellation_GivesTheSameBits(string name)
    {
        RunBytes straight = Train(name, "straight");
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
        RunBytes straight = Train(name, "straight");
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
        RunBytes straight = Train(name, "straight");
        Assert.Throws<InvalidTimeZoneException>(() =>
            Train(name, "dead", progress: new At(4, () => throw new InvalidTimeZoneException()), checkpointInterval: TimeSpan.Zero));
        Assert.True(File.Exists(folder["dead/checkpoints/last.safetensors"]));
        Assert.Equal(4, File.ReadLines(folder["dead/metrics.jsonl"]).Count());
        Assert.Equal(straight, Train(name, "dead", resume: true));
    }

    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Train_AbsurdLearningRate_DivergesWithStepAndSeed(string name)
    {
        DivergedException error = Assert.Throws<DivergedException>(() => Train(name, "a", settings: ["learningRate=1e30", "stepCount=50"]));
        Assert.Matches(@"^'\w+' became \S+ at step \d+ \(seed 1\); lower the learning rate, --set learningRate=0\.001\.$", error.Message);
        Assert.False(File.Exists(folder["a/model.onnx"]));
        Assert.False(File.Exists(folder["a/manifest.json"]));
    }

    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Train_TimeIsUp_LeavesAModelAndCanGoOn(string name)
    {
        RunBytes straight = Train(name, "straight");
        Train(name, "short", time: TimeSpan.Zero);
        Assert.True(File.Exists(folder["short/model.onnx"]));
        Assert.False(File.Exists(folder["short/manifest.json"]));
        Assert.Equal(straight, Train(name, "short", resume: true));
    }

    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Export_OfAFinishedRun_GivesTheSameModel(string name)
    {
        RunBytes straight = Train(name, "a");
        Method method = MethodRegistry.Find(name);
        TrainedModel exported = method.Export(RunFolder.Open(folder["a"]), Request(method, 1, []), 17);
        Assert.Equal(straight.Model, exported.Model.ToBytes());
        if (exported.Decoder is TrainedDecoder decoder)
        {
            Assert.Equal(File.ReadAllBytes(folder[$"a/{decoder.Name}.onnx"]), decoder.Model.ToBytes());
        }
    }

    /// <summary>Whatever a method does while it trains, it stops when it is told to, and leaves no model.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Train_CancelledBefore_Stops(string name)
    {
        using var cancel = new CancellationTokenSource();
        _ = name == "refine" ? Given : "";
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Train(name, "a", stop: cancel));
        Assert.False(File.Exists(folder["a/model.onnx"]));
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
        DigitSet others = StrokeDigits.Draw(70, 2);
        Assert.Equal($"'strokes:70:1': expected the images that {run.Path} was begun with (sha256 {digits.Sha256[..12]}), found others "
            + $"({others.Sha256[..12]}); say where those are with --data, or begin a new run.",
            Assert.Throws<InvalidDataException>(() => TrainingRun.Execute(method, run, request with { Digits = others })).Message);
        Assert.StartsWith($"'{run.Path}': expected a run with seed 2 and {{",
            Assert.Throws<InvalidDataException>(() => TrainingRun.Execute(method, run, request with { Seed = 2 })).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() =>
            TrainingRun.Execute(method, run, request with { Options = OptionBinder.Apply(request.Options, ["temperature=0.3"]) }));
    }

    [Theory]
    [InlineData("kmeans")]
    [InlineData("gmm")]
    public void Export_OfAFit_ProvesTheModelOfTheRun(string name)
    {
        byte[] model = Train(name, "a").Model;
        RunFolder run = RunFolder.Open(folder["a"]);
        Method method = MethodRegistry.Find(name);
        TrainingRequest request = Request(method, 1, []);
        TrainedModel exported = method.Export(run, request, 17);
        Assert.Equal(model, exported.Model.ToBytes());
        Assert.Equal("labels equal on 70 images in float64 evaluator", exported.Parity);
        Assert.Equal($"--opset '13': expected 17, with which {name} builds its graph; leave it out.",
            Assert.Throws<ArgumentException>(() => method.Export(run, request, 13)).Message);
        Train("moco", "other");
        File.Copy(folder["other/model.onnx"], run.Model, overwrite: true);
        Assert.Equal($"'{run.Model}': expected a model of {name}, found one of moco; train the run again.",
            Assert.Throws<InvalidDataException>(() => method.Export(run, request, 17)).Message);
    }

    /// <summary>What is computed for an export, such as an example for the decoder, leaves the encoder as it was trained.</summary>
    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Train_Model_IsTheEncoderOfItsCheckpoint(string name)
    {
        Train(name, "a");
        var job = new GradientJob(digits, 1, torch.CPU, 1);
        using TrainedEncoder encoder = TrainedEncoder.Open(folder["a"], job);
        using torch.Tensor images = job.Images([0, 1, 2]), expected = encoder.Embed(images);
        double[] exported = Evaluator.Run(OnnxModel.Load(folder["a/model.onnx"]),
            new Dictionary<string, TensorData> { ["image"] = TensorData.Of(images.data<float>().ToArray(), 3, 1, 28, 28) })["embedding"]
            .ToDoubles();
        Assert.All(exported.Zip(expected.data<float>().ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    /// <summary>
    /// A generator stands beside its encoder: it says where it comes from, its digest is in the manifest, and it gives finite images of any
    /// number of latents.
    /// </summary>
    [Fact]
    public void Train_MethodWithADecoder_WritesBothModels()
    {
        Train("infogan", "a");
        OnnxModel model = OnnxModel.Load(folder["a/generator.onnx"]);
        GraphChecker.Check(model);
        Assert.Equal(["z [N,62]", "code [N,4]", "continuous [N,2]"], model.Inputs.Select(input => $"{input.Name} {input.Shape}"));
        Assert.Equal("image [N,1,28,28]", $"{Assert.Single(model.Outputs).Name} {model.Outputs[0].Shape}");
        Assert.Equal(("infogan", "1", "generator"),
            (model.Metadata["uvl.method"], model.Metadata["uvl.seed"], model.Metadata["uvl.decoder"]));
        Assert.False(OnnxModel.Load(folder["a/model.onnx"]).Metadata.ContainsKey("uvl.decoder"));
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(folder["a/manifest.json"]));
        byte[] bytes = File.ReadAllBytes(folder["a/generator.onnx"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), manifest.RootElement.GetProperty("generator_sha256").GetString());
        Assert.Equal(bytes.Length, manifest.RootElement.GetProperty("generator_bytes").GetInt32());
        foreach (int count in new[] { 1, 3 })
        {
            var inputs = new Dictionary<string, TensorData>
            {
                ["z"] = TensorData.Of(new float[count * 62], count, 62),
                ["code"] = TensorData.Of(new float[count * 4], count, 4),
                ["continuous"] = TensorData.Of(new float[count * 2], count, 2)
            };
            Assert.All(Evaluator.Run(model, inputs)["image"].ToDoubles(), value => Assert.InRange(value, 0, 1));
        }
    }

    [Fact]
    public void ManifestOf_AnExport_HasItsDigestsAndTheRunsFacts()
    {
        Train("infogan", "a");
        Method method = MethodRegistry.Find("infogan");
        RunFolder run = RunFolder.Open(folder["a"]);
        TrainedModel half = method.Export(run, Request(method, 1, []) with { Half = true }, 17);
        string text = TrainingRun.ManifestOf(run, half);
        using JsonDocument before = JsonDocument.Parse(File.ReadAllText(run.Manifest)), after = JsonDocument.Parse(text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(half.Model.ToBytes())), after.RootElement.GetProperty("model_sha256")
            .GetString());
        Assert.InRange(after.RootElement.GetProperty("model_bytes").GetInt32(), 1,
            before.RootElement.GetProperty("model_bytes").GetInt32() - 1);
        Assert.Equal(before.RootElement.GetProperty("train_seconds").GetDouble(), after.RootElement.GetProperty("train_seconds")
            .GetDouble());
    }

    [Fact]
    public void Train_OneStepInTen_LeavesPictures()
    {
        Train("infogan", "a");
        Assert.Equal([.. Enumerable.Range(0, steps + 1).Select(step => $"step-{step:000000}.png")], Directory.GetFiles(folder["a/pictures"])
            .Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Find_UnknownMethod_ListsAll() =>
        Assert.Equal("no method 'mocco', did you mean 'moco'? Expected one of kmeans, gmm, autoencoder, infogan, moco, capsules, refine.",
        Assert.Throws<ArgumentException>(() => MethodRegistry.Find("mocco")).Message);

    RunBytes Train(string name, string run, int seed = 1, bool resume = false, TimeSpan? time = null, IEnumerable<string>? settings = null,
        IProgress<TrainingProgress>? progress = null, CancellationTokenSource? stop = null, TimeSpan? checkpointInterval = null)
    {
        Method method = MethodRegistry.Find(name);
        RunFolder opened = resume ? RunFolder.Open(folder[run]) : RunFolder.Create(folder[run]);
        TrainingRequest request = Request(method, seed, settings ?? []) with
        {
            Resume = resume,
            Time = time,
            Progress = progress,
            Cancellation = stop?.Token ?? CancellationToken.None
        };
        TrainingRun.Execute(method, opened, request with { CheckpointInterval = checkpointInterval ?? request.CheckpointInterval });
        return new RunBytes(File.ReadAllBytes(opened.Model), Read(opened.LastCheckpoint), Read(opened.Metrics));

        static byte[] Read(string path) => File.Exists(path) ? File.ReadAllBytes(path) : [];
    }

    TrainingRequest Request(Method method, int seed, IEnumerable<string> settings) => new()
    {
        Digits = digits,
        DataSpec = "strokes:70:1",
        Options = OptionBinder.Apply(Small(method), settings),
        Seed = seed,
        Threads = 1,
    };

    // Those of the small settings that the method has.
    MethodOptions Small(Method method)
    {
        string[] keys = [.. OptionBinder.List(method.Defaults).Select(option => option.Key)];
        string[] settings = [$"batchSize={batchSize}", $"stepCount={steps}", $"queueLength={2 * batchSize}", "clusterCount=4",
            "restarts=1", "componentCount=2", "dimensions=5", "headSteps=2", "rounds=2", "hiddenSize=32", "channelCount=4",
            "partCount=4"];
        return OptionBinder.Apply(method.Defaults,
            [.. settings.Where(setting => keys.Contains(setting.Split('=')[0])), .. keys.Contains("from") ? new[] { $"from={Given}" }
            : []]);
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

    /// <summary>What a run left, compared byte by byte.</summary>
    sealed record RunBytes(byte[] Model, byte[] Checkpoint, byte[] Metrics)
    {
        public bool Equals(RunBytes? other) => other is not null && Model.SequenceEqual(other.Model)
            && Checkpoint.SequenceEqual(other.Checkpoint) && Metrics.SequenceEqual(other.Metrics);

        public override int GetHashCode() => HashCode.Combine(Model.Length, Checkpoint.Length);

        public override string ToString() =>
            string.Join(", ", new[] { Model, Checkpoint, Metrics }.Select(bytes =>
            $"{bytes.Length} bytes {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..12]}"));
    }
}
