using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Training;
using Toolchain.Train.Core;
using Toolchain.Train.Models.MoCo;
using Toolchain.Tuning;
using Toolchain.Views;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

/// <summary>MoCo twice from one start and on the same views: by libtorch, and as a training graph on ONNX Runtime.</summary>
sealed class MoCoOnRuntime : IDisposable
{
    readonly ImageSet data;
    readonly Augmentation augmentation;
    readonly float[] views;

    public MoCoOnRuntime(ImageSet data, MoCoOptions options, int seed, int threads)
    {
        this.data = data;
        Options = options;
        Trainer = new MoCoTrainer(options, new GradientJob(data, seed, CPU));
        var model = (MoCoModel)Trainer.Module;
        TracedTraining traced = OnnxExport.TraceTraining(model.Query, zeros([4, 1, data.Shape.Height, data.Shape.Width]));
        Parameters = traced.Parameters;
        var contrast = new MomentumContrastOptions
        {
            Temperature = options.Temperature,
            KeyMomentum = options.KeyMomentum,
            QueueLength = options.QueueLength,
            BatchNegatives = options.BatchNegatives,
        };
        Training = TrainingGraph.Build(MomentumContrast.Build(traced.Model, "output", Parameters, contrast), "loss",
            new Sgd(options.Momentum, options.WeightDecay), Parameters, new TrainingOptions { Constants = MomentumContrast.Constants });
        Session = StepRunner.Open(Training, threads);
        augmentation = new Augmentation(options.Augmentation, data.Shape, (ulong)seed);
        views = new float[2 * options.BatchSize * data.Shape.Size];
    }

    /// <summary>Losses of a step, before it, and how long each took.</summary>
    public sealed record Pair(double Torch, double Runtime, TimeSpan TorchTime, TimeSpan RuntimeTime);

    public MoCoOptions Options { get; }

    public MoCoTrainer Trainer { get; }

    public TrainingGraph Training { get; }

    public StepRunner Session { get; }

    public IReadOnlyList<string> Parameters { get; }

    /// <summary>Losses of a step, before it; and how long each took.</summary>
    public Pair Step(int step)
    {
        int[] order = new RandomStream(1, "batches", step).NextPermutation(data.Count)[..Options.BatchSize];
        augmentation.Draw(data, order, new(step, 0, 2), views);
        int half = views.Length / 2;
        long[] axes = data.Shape.Axes(Options.BatchSize);
        long start = Stopwatch.GetTimestamp();
        double torch = Learn(tensor(views.AsSpan(0, half).ToArray(), axes), tensor(views.AsSpan(half).ToArray(), axes), step);
        TimeSpan torchTime = Stopwatch.GetElapsedTime(start);
        using var first = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, views.AsMemory(0, half), axes);
        using var second = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, views.AsMemory(half), axes);
        start = Stopwatch.GetTimestamp();
        double runtime = Session.Step(new Dictionary<string, OrtValue>
        {
            [MomentumContrast.FirstView] = first,
            [MomentumContrast.SecondView] = second,
        }, Options.LearningRate);
        return new Pair(torch, runtime, torchTime, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Takes over libtorch's weights and queue before a step; without momentum that is the whole state.</summary>
    public void TakeOver(int step)
    {
        using var scope = NewDisposeScope();
        var model = (MoCoModel)Trainer.Module;
        var weights = model.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter);
        var state = Parameters.ToDictionary(name => name, name => Data(weights[$"query.{name}"]));
        foreach (string name in Parameters)
        {
            state[MomentumContrast.KeyOf(name)] = Data(weights[$"key.{name}"]);
        }
        // libtorch's is a ring, the graph's begins with the oldest keys.
        state[MomentumContrast.Queue] = Data(model.Queue.roll(-(long)step * Options.BatchSize % Options.QueueLength, 0));
        Session.Load(state);
    }

    /// <summary>Gives ONNX Runtime's weights and queue to libtorch before a step.</summary>
    public void GiveBack(int step)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var model = (MoCoModel)Trainer.Module;
        var weights = model.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter);
        IReadOnlyDictionary<string, TensorData> state = Session.State;
        foreach (string name in Parameters)
        {
            weights[$"query.{name}"].copy_(Tensor(state[name]));
            weights[$"key.{name}"].copy_(Tensor(state[MomentumContrast.KeyOf(name)]));
        }
        model.Queue.copy_(Tensor(state[MomentumContrast.Queue]).roll((long)step * Options.BatchSize % Options.QueueLength, 0));
    }

    static Tensor Tensor(TensorData data) => tensor(data.ToDoubles(), [.. data.Sizes], float32);

    static TensorData Data(Tensor tensor) => TensorData.Of(tensor.detach().contiguous().data<float>().ToArray(), tensor.shape);

    double Learn(Tensor first, Tensor second, int step)
    {
        using var scope = NewDisposeScope();
        return Trainer.Learn(first, second, step)[0].Value;
    }

    public void Dispose()
    {
        Session.Dispose();
        Trainer.Dispose();
    }
}
