using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// RMSProp as TensorFlow 1 defines it: the mean square starts at 1, epsilon stands under the root, and the learning rate inside the momentum:
/// s = .9 s + .1 g^2, m = .9 m + rate * g / sqrt(s + epsilon), w = w - m.
/// </summary>
sealed class TensorFlowRmsProp : RMSProp
{
    /// <summary>Decay of the mean square and momentum are .9, as the authors had them.</summary>
    public TensorFlowRmsProp(IEnumerable<Parameter> parameters, double learningRate, double epsilon)
        : base(parameters, learningRate, alpha: 0.9, eps: epsilon, momentum: 0.9)
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
        foreach (Parameter parameter in group.Parameters)
        {
            if (parameter.grad is not Tensor gradient)
            {
                continue;
            }
            var state = (State)_state[parameter.Handle];
            state.step++;
            state.square_avg.mul_(options.alpha!.Value).addcmul_(gradient, gradient, value: 1 - options.alpha.Value);
            state.momentum_buffer.mul_(options.momentum!.Value).addcdiv_(gradient, (state.square_avg + options.eps!.Value).sqrt_(), options.LearningRate!.Value);
            parameter.sub_(state.momentum_buffer);
        }
    }, closure);
}
