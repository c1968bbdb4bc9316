using Toolchain.Graph.Building;

namespace Toolchain.Graph.Training;

/// <summary>
/// Gradient descent with momentum as PyTorch has it (Sutskever et al. 2013, section 2, with the rate outside of the sum):
/// v = momentum v + g + decay p; p = p - rate v.
/// </summary>
/// <param name="Momentum">How much of the last direction is kept, in [0..1).</param>
/// <param name="Decay">Share of a parameter that is added to its gradient, at least 0.</param>
public sealed record Sgd(double Momentum = 0, double Decay = 0) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Moments => Momentum == 0 ? [] : ["momentum"];

    internal override Term[] Move(Term parameter, Term gradient, Term[] moments, StepTime time)
    {
        Term slope = Decay == 0 ? gradient : gradient + parameter * Decay;
        Term direction = Momentum == 0 ? slope : moments[0] * Momentum + slope;
        Term next = parameter - time.Rate * direction;
        return Momentum == 0 ? [next] : [next, direction];
    }
}
