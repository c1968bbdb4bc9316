using Toolchain.Graph;
using Toolchain.Graph.Training;
using Toolchain.Train.Losses;
using Toolchain.Train.Models.MoCo;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

/// <summary>Gradients of a step, each compared with libtorch's in float64 at the same weights.</summary>
sealed partial class MoCoOnRuntime
{
    /// <summary>A step's losses, and differences of gradients as a share of the largest element of each parameter's gradient.</summary>
    /// <param name="Losses">Losses of the step, before it.</param>
    /// <param name="Torch">libtorch's gradient and that in float64 at libtorch's weights.</param>
    /// <param name="Runtime">ONNX Runtime's gradient and that in float64 at ONNX Runtime's weights.</param>
    /// <param name="Weights">The gradients in float64 at the two sets of weights.</param>
    public sealed record Differences(Pair Losses, double Torch, double Runtime, double Weights);

    /// <summary>One step of both, as <see cref="Step"/>. The optimizer needs a momentum: its state tells the gradients.</summary>
    public Differences StepWithGradients(int step, double? learningRate = null)
    {
        using var scope = NewDisposeScope();
        var model = (MoCoModel)Trainer.Module;
        IReadOnlyDictionary<string, TensorData> before = Session.State;
        using MoCoModel atTorch = Twin(model), atRuntime = Twin(model);
        SetState(atRuntime, before, step);
        Pair losses = Step(step, learningRate);
        IReadOnlyDictionary<string, TensorData> after = Session.State;
        Dictionary<string, Tensor> torchExact = Exact(atTorch), runtimeExact = Exact(atRuntime), torch = Gradients(model);
        var runtime = Parameters.ToDictionary(name => name, name =>
        {
            string momentum = TrainingGraph.Moment(name, "momentum");
            return Double(after[momentum]) - Options.Momentum * Double(before[momentum]) - Options.WeightDecay * Double(before[name]);
        });
        return new(losses, Difference(torch, torchExact), Difference(runtime, runtimeExact), Difference(torchExact, runtimeExact));
    }

    MoCoModel Twin(MoCoModel model)
    {
        var twin = new MoCoModel(Options, data.Shape);
        twin.load_state_dict(model.state_dict());
        return twin;
    }

    // Of the views of the latest step.
    Dictionary<string, Tensor> Exact(MoCoModel model)
    {
        model.to(float64);
        int half = views.Length / 2;
        long[] axes = data.Shape.Axes(Options.BatchSize);
        Tensor first = tensor(views.AsSpan(0, half).ToArray(), axes).to(float64);
        Tensor second = tensor(views.AsSpan(half).ToArray(), axes).to(float64);
        model.FollowQuery(Options.KeyMomentum);
        Tensor key = model.Keys(second);
        InfoNceLoss.Compute(model.Query.call(first), key, model.Queue, Options.Temperature, Options.BatchNegatives).backward();
        return Gradients(model);
    }

    Dictionary<string, Tensor> Gradients(MoCoModel model) => Parameters.Zip(model.Query.named_parameters()
        .Where(pair => Parameters.Contains(pair.name)).Select(pair => pair.parameter.grad!.to(float64))).ToDictionary();

    static Tensor Double(TensorData data) => tensor(data.ToDoubles(), [.. data.Sizes], float64);

    // A gradient that is 0 but for rounding, as that of a bias before a batch normalisation, counts by the others' size.
    static double Difference(Dictionary<string, Tensor> some, Dictionary<string, Tensor> exact)
    {
        double least = 0.01 * exact.Values.Max(Largest);
        return exact.Max(pair => Largest(some[pair.Key] - pair.Value) / Math.Max(least, Largest(pair.Value)));
    }

    static double Largest(Tensor gradient) => gradient.abs().max().item<double>();
}
