using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Gradients;

namespace Toolchain.Graph.Tests.Gradients;

/// <summary>
/// Gradients beside central differences of step h in the float64 evaluator, whose error is of order h² times a third derivative, and of
/// 1e-16 / h by rounding.
/// </summary>
static class Differences
{
    const double Step = 1e-5;

    /// <summary>What is wrong with the gradients of an output by inputs, relative to the largest element; null for nothing.</summary>
    public static string? Wrong(
        OnnxModel model, string loss, IReadOnlyDictionary<string, TensorData> inputs, string[] by, double tolerance)
    {
        OnnxModel gradients = GradientGraph.Build(model, loss, by);
        GraphChecker.Check(gradients);
        IReadOnlyDictionary<string, TensorData> found = Evaluator.Run(gradients, inputs);
        foreach (string name in by)
        {
            double[] ours = found[GradientGraph.NameOf(name)].ToDoubles(), right = Of(model, loss, inputs, name);
            double largest = Math.Max(right.Select(Math.Abs).DefaultIfEmpty(0).Max(), 1e-2);
            double worst = ours.Zip(right, (a, b) => Math.Abs(a - b)).DefaultIfEmpty(0).Max() / largest;
            if (!(worst <= tolerance) || ours.Length != right.Length)
            {
                return FormattableString.Invariant($"by {name}: {worst:g3} of {largest:g3}");
            }
        }
        return null;
    }

    static double[] Of(OnnxModel model, string loss, IReadOnlyDictionary<string, TensorData> inputs, string name)
    {
        double[] values = inputs[name].ToDoubles();
        return [.. values.Select((value, i) => (At(i, value + Step) - At(i, value - Step)) / (2 * Step))];

        double At(int i, double value)
        {
            double[] moved = [.. values];
            moved[i] = value;
            var all = new Dictionary<string, TensorData>(inputs)
            {
                [name] = TensorData.FromDoubles(moved, inputs[name].Sizes, ElementType.Float64),
            };
            return Evaluator.Run(model, all)[loss].ToDoubles()[0];
        }
    }
}
