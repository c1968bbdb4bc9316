using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Clustering;
using Toolchain.Clustering.Spectral;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Evaluate.Metrics;
using Toolchain.Graph;
using Toolchain.Graph.Training;
using Toolchain.Train.Core;
using Toolchain.Train.Models.MoCo;
using Toolchain.Tuning;
using Toolchain.Views;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

/// <summary>MoCo twice from one start and on the same views: by libtorch, and as a training graph on ONNX Runtime.</summary>
sealed partial class MoCoOnRuntime : IDisposable
{
    readonly ImageSet data;
    readonly Augmentation augmentation;
    readonly float[] views;

    public MoCoOnRuntime(ImageSet data, MoCoOptions options, int seed, int threads)
    {
        this.data = data;
        Options = options;
        Trainer = new MoCoTrainer(options, new GradientJob(data, seed, CPU));
        Training = Trainer.Trace(0);
        Parameters = [.. Training.Start.Keys.Where(name => Training.Start.ContainsKey(MomentumContrast.KeyOf(name)))];
        Session = StepRunner.Open(Training, threads, spins: threads > 1);
        augmentation = new Augmentation(options.Augmentation, data.Shape, (ulong)seed);
        views = new float[2 * options.BatchSize * data.Shape.Size];
    }

    /// <summary>Losses of a step, before it, and how long each took.</summary>
    public sealed record Pair(double Torch, double Runtime, TimeSpan TorchTime, TimeSpan RuntimeTime);

    /// <summary>Views that a few steps learn from: without flags, feet and blur the loss falls from the start.</summary>
    public static AugmentationOptions EasyViews { get; } =
        new MoCoOptions().Augmentation with { FlagProbability = 0, BlurProbability = 0 };

    public MoCoOptions Options { get; }

    public MoCoTrainer Trainer { get; }

    public TrainingGraph Training { get; }

    public StepRunner Session { get; }

    public IReadOnlyList<string> Parameters { get; }

    /// <summary>One step of both on the same views.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="learningRate">Of this step; null takes that of the options.</param>
    public Pair Step(int step, double? learningRate = null)
    {
        double rate = learningRate ?? Options.LearningRate;
        foreach (optim.ILearningRateController group in Trainer.Optimizers[0].ParamGroups)
        {
            group.LearningRate = rate;
        }
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
        }, rate);
        return new Pair(torch, runtime, torchTime, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Both start with the weights of a finished encoder; call <see cref="FillQueue"/> after it.</summary>
    /// <param name="encoder">An exported one.</param>
    /// <param name="scale">What libtorch's first weights are multiplied by.</param>
    public void StartFrom(OnnxModel encoder, double scale = 1)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var model = (MoCoModel)Trainer.Module;
        Dictionary<string, Tensor> own = model.Query.Encoder.state_dict();
        foreach ((string name, TensorData value) in encoder.Initializers.Where(pair => own.ContainsKey(pair.Key)))
        {
            own[name].copy_(Tensor(value).mul(name == "conv1.weight" ? scale : 1));
        }
        Dictionary<string, Tensor> query = model.Query.state_dict();
        foreach ((string name, Tensor value) in model.state_dict().Where(pair => pair.Key.StartsWith("key.", StringComparison.Ordinal)))
        {
            value.copy_(query[name["key.".Length..]]);
        }
    }

    /// <summary>Fills both queues with libtorch's keys of views of other images, before the first step.</summary>
    public void FillQueue()
    {
        using var scope = NewDisposeScope();
        var model = (MoCoModel)Trainer.Module;
        for (int number = 0; number < Options.QueueLength / Options.BatchSize; number++)
        {
            int[] order = new RandomStream(2, "queue", number).NextPermutation(data.Count)[..Options.BatchSize];
            augmentation.Draw(data, order, new(-1 - number, 0, 2), views);
            model.Enqueue(model.Keys(tensor(views.AsSpan(0, views.Length / 2).ToArray(), data.Shape.Axes(Options.BatchSize))), number);
        }
        TakeOver(0);
    }

    /// <summary>Takes over libtorch's state before a step.</summary>
    public void TakeOver(int step) => Session.Load(Trainer.Trace(step).Start);

    /// <summary>Gives ONNX Runtime's state to libtorch.</summary>
    public void GiveBack(int step) => Assert.Equal(step, Trainer.Take(Session.State));

    void SetState(MoCoModel model, IReadOnlyDictionary<string, TensorData> state, int step)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var weights = model.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter);
        foreach (string name in Parameters)
        {
            weights[$"query.{name}"].copy_(Tensor(state[name]));
            weights[$"key.{name}"].copy_(Tensor(state[MomentumContrast.KeyOf(name)]));
        }
        model.Queue.copy_(Tensor(state[MomentumContrast.Queue]).roll((long)step * Options.BatchSize % Options.QueueLength, 0));
    }

    /// <summary>
    /// Gives ONNX Runtime's query branch to libtorch after the last step, with the running statistics: libtorch then has what ONNX Runtime
    /// trained.
    /// </summary>
    public void GiveQuery()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Dictionary<string, Tensor> own = ((MoCoModel)Trainer.Module).Query.state_dict();
        foreach ((string name, TensorData value) in Session.State.Where(pair => own.ContainsKey(pair.Key)))
        {
            own[name].copy_(Tensor(value));
        }
    }

    /// <summary>
    /// Accuracy of ten spectral clusters of libtorch's encoder by the strict protocol, fitted on some training images; it is whitened as a
    /// run does at its end.
    /// </summary>
    public double SpectralAccuracy(ImageSet train, ImageSet test, int seed)
    {
        using var scope = NewDisposeScope();
        MoCoEncoder encoder = ((MoCoModel)Trainer.Module).Query.Encoder;
        encoder.Whiten(new GradientJob(train, seed, CPU).Predict, new MoCoOptions().Whitening);
        encoder.eval();
        (Rows known, Rows asked) = (Embed(encoder, train), Embed(encoder, test));
        encoder.train();
        var options = new SpectralOptions { Seed = seed, Threads = 2 };
        int[] clusters = SpectralClustering.Fit(known, options);
        int[] map = ClusterMap.OneToOne(new Contingency(clusters, train.Labels!, 10, 10));
        return ClusteringMetrics.Accuracy(ClusterMap.Apply(map, SpectralClustering.Assign(asked, known, clusters, options)), test.Labels!);
    }

    static Rows Embed(MoCoEncoder encoder, ImageSet images)
    {
        Tensor rows = new GradientJob(images, 0, CPU).Predict(batch => encoder.call(batch).Embedding);
        return new Rows(rows.data<float>().ToArray(), (int)rows.shape[1]);
    }

    static Tensor Tensor(TensorData data) => tensor(data.ToDoubles(), [.. data.Sizes], float32);

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
