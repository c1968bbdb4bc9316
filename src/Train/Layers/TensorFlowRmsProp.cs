using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Layers;

/// <summary>
/// RMSProp as TensorFlow 1 defines it: the mean square starts at 1, epsilon stands under the root, and the learning rate inside the
/// momentum: s = .9 s + .1 g^2, m = .9 m + rate * g / sqrt(s + epsilon), w = w - m. All parameters lie in one tensor, so that a step takes
/// an accelerator seven operators and not seven for each of them.
/// </summary>
sealed class TensorFlowRmsProp : RMSProp
{
    /// <summary>Decay of the mean square and momentum are .9, as the authors had them.</summary>
    /// <param name="parameters">Moved into one tensor, and their gradients into another: where they are, they have to stay.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public TensorFlowRmsProp(IEnumerable<Parameter> parameters, double learningRate, double epsilon)
        : base([Together([.. parameters])], learningRate, alpha: 0.9, eps: epsilon, momentum: 0.9)
    {
        foreach (var entry in _state)
        {
            ((State)entry.Item2).square_avg.fill_(1);
        }
    }

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null) => _step<RMSProp.ParamGroup>(group =>
    {
        var options = (Options)group.Options;
        Parameter all = group.Parameters.Single();
        using Tensor gradient = all.grad!;
        var state = (State)_state[all.Handle];
        state.step++;
        state.square_avg.mul_(options.alpha!.Value).addcmul_(gradient, gradient, value: 1 - options.alpha.Value);
        state.momentum_buffer.mul_(options.momentum!.Value)
            .addcdiv_(gradient, (state.square_avg + options.eps!.Value).sqrt_(), options.LearningRate!.Value);
        all.sub_(state.momentum_buffer);
    }, closure);

    static Parameter Together(Parameter[] parameters)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var all = new Parameter(cat([.. parameters.Select(parameter => parameter.flatten())]));
        Tensor gradients = zeros_like(all);
        all.grad = gradients;
        long first = 0;
        foreach (Parameter parameter in parameters)
        {
            long count = parameter.numel();
            parameter.set_(all.narrow(0, first, count).view(parameter.shape));
            parameter.grad = gradients.narrow(0, first, count).view(parameter.shape);
            first += count;
        }
        return (Parameter)all.MoveToOuterDisposeScope();
    }
}
