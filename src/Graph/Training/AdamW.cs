using Toolchain.Graph.Building;

namespace Toolchain.Graph.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) with bias correction and with decay apart from the gradient (Loshchilov and Hutter 2019,
/// algorithm 2): p = p (1 - rate decay) - rate m' / (sqrt(v') + epsilon).
/// </summary>
/// <param name="Decay">Share of a parameter that a step of rate 1 takes away, at least 0; 0 is Adam.</param>
/// <param name="Beta1">How much of the mean of the gradients is kept, in [0..1).</param>
/// <param name="Beta2">How much of the mean of their squares is kept, in [0..1).</param>
/// <param name="Epsilon">Added to the root of the second moment, above 0.</param>
public sealed record AdamW(double Decay = 0.01, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Moments => ["exp_avg", "exp_avg_sq"];

    internal override Term[] Move(Term parameter, Term gradient, Term[] moments, StepTime time)
    {
        Term first = moments[0] * Beta1 + gradient * (1 - Beta1), second = moments[1] * Beta2 + gradient * gradient * (1 - Beta2);
        Term root = (second / Correction(Beta2, time, parameter)).Apply("Sqrt") + Epsilon;
        Term kept = Decay == 0 ? parameter : parameter * (1 - time.Rate * Decay);
        return [kept - time.Rate * (first / Correction(Beta1, time, parameter)) / root, first, second];
    }

    // 1 - beta^t, in float64: in float32 the first ones of the second moment would be right to five digits only.
    static Term Correction(double beta, StepTime time, Term like) =>
        (1 - time.Number.Number(beta).Apply("Pow", time.Number)).Cast(like.Value.Type.Element);
}
