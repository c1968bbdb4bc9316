using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Graph;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;
using TorchSharp;

namespace Toolchain.Train.Tests.Runs;

/// <summary>What every registered method must do; a new one is covered by its line in the registry.</summary>
public sealed partial class MethodContractTests : IClassFixture<MethodContractTests.FinishedRuns>, IDisposable
{
    const int steps = 6, batchSize = 16;

    static readonly ImageSet digits = StrokeDigits.Draw(70, 1);

    readonly TemporaryFolder folder = new();

    readonly FinishedRuns finished;

    public MethodContractTests(FinishedRuns finished)
    {
        this.finished = finished;
        torch.set_num_threads(1);
    }

    // What methods that start from another run start from.
    string Given => finished.Of("given", path => Train("moco", path, seed: 9));

    public static TheoryData<string> Methods => [.. MethodRegistry.All.Select(method => method.Name)];

    public static TheoryData<string> GradientMethods =>
        [.. MethodRegistry.All.Where(method => method.Defaults is GradientOptions).Select(method => method.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void Train_SameSeedTwice_GivesTheSameBytes(string name)
    {
        byte[] first = Trained(name, "a").Model;
        Assert.Equal(first, Train(name, "b").Model);
        Assert.NotEqual(first, Train(name, "c", seed: 2).Model);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Train_Model_FollowsTheContract(string name)
    {
        Trained(name, "a");
        OnnxModel model = OnnxFile.Load(folder["a/model.onnx"]);
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
        Trained(name, "a");
        var config = RunConfig.Read(RunFolder.Open(folder["a"]));
        Assert.Equal((name, "strokes:70:1", digits.Sha256, 1, "cpu"),
            (config.Method.Name, config.DataSpec, config.DatasetSha256, config.Seed, config.Device));
        Assert.Equal(Small(config.Method), config.Options);
        Assert.True(File.Exists(folder["a/manifest.json"]));
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

    /// <summary>Whatever a method does while it trains, it stops when it is told to, and leaves no model.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Train_CancelledBefore_Stops(string name)
    {
        using var cancel = new CancellationTokenSource();
        _ = Given;
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Train(name, "a", stop: cancel));
        Assert.False(File.Exists(folder["a/model.onnx"]));
    }

    [Fact]
    public void Train_OneStepInTen_LeavesPictures()
    {
        Trained("infogan", "a");
        Assert.Equal([.. Enumerable.Range(0, steps + 1).Select(step => $"step-{step:000000}.png")], Directory.GetFiles(folder["a/pictures"])
            .Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Find_UnknownMethod_ListsAll() =>
        Assert.Equal("no method 'mocco', did you mean 'moco'? Expected one of kmeans, gmm, autoencoder, infogan, moco, capsules, refine.",
        Assert.Throws<ArgumentException>(() => MethodRegistry.Find("mocco")).Message);

    // Training with the same seed gives the same bytes: tests that begin with a finished run share one.
    RunBytes Trained(string name, string run)
    {
        TemporaryFolder.Copy(finished.Of(name, path => Train(name, path)), folder[run]);
        return RunBytes.Read(RunFolder.Open(folder[run]));
    }

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
        return RunBytes.Read(opened);
    }

    TrainingRequest Request(Method method, int seed, IEnumerable<string> settings) => new()
    {
        Data = digits,
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
            "partCount=4", "objectCount=4", "firstChannelCount=4", "clusterSteps=4"];
        return OptionBinder.Apply(method.Defaults,
            [.. settings.Where(setting => keys.Contains(setting.Split('=')[0])), .. keys.Contains("from") ? new[] { $"from={Given}" }
            : []]);
    }

    /// <summary>Runs, each trained when a test first asks for it.</summary>
    public sealed class FinishedRuns : IDisposable
    {
        readonly TemporaryFolder folder = new();
        readonly HashSet<string> made = [];

        /// <summary>The folder of a run.</summary>
        public string Of(string name, Action<string> train)
        {
            if (!made.Contains(name))
            {
                train(folder[name]);
                made.Add(name);
            }
            return folder[name];
        }

        /// <summary>Deletes them.</summary>
        public void Dispose() => folder.Dispose();
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
        public static RunBytes Read(RunFolder run) => new(Bytes(run.Model), Bytes(run.LastCheckpoint), Bytes(run.Metrics));

        static byte[] Bytes(string path) => File.Exists(path) ? File.ReadAllBytes(path) : [];

        public bool Equals(RunBytes? other) => other is not null && Model.SequenceEqual(other.Model)
            && Checkpoint.SequenceEqual(other.Checkpoint) && Metrics.SequenceEqual(other.Metrics);

        public override int GetHashCode() => HashCode.Combine(Model.Length, Checkpoint.Length);

        public override string ToString() =>
            string.Join(", ", new[] { Model, Checkpoint, Metrics }.Select(bytes =>
            $"{bytes.Length} bytes {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..12]}"));
    }
}
