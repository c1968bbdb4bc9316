using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Export.Tracing;
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

    public MoCoOptions Options { get; }

    public MoCoTrainer Trainer { get; }

    public TrainingGraph Training { get; }

    public StepRunner Session { get; }

    public IReadOnlyList<string> Parameters { get; }

    /// <summary>Losses of a step, before it; and how long each took.</summary>
    public (double Torch, double Runtime, TimeSpan TorchTime, TimeSpan RuntimeTime) Step(int step)
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
        return (torch, runtime, torchTime, Stopwatch.GetElapsedTime(start));
    }

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
