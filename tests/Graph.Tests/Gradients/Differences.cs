using Toolchain.Graph.Building;
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

    /// <summary>The sum of the outputs, each element with a weight of its own; squared, so that no second derivative vanishes.</summary>
    public static OnnxModel WithLoss(GradientCases.Case item)
    {
        var graph = new GraphBuilder("case", item.Opset);
        Value[] inputs = [.. item.Inputs.Select((tensor, i) => graph.Input($"x{i}", tensor.Type.IsFloat() ? item.Type : tensor.Type,
            Shape.Of(tensor.Sizes)))];
        Term? loss = null;
        foreach (Value output in item.Build(graph, inputs).Where(output => output.Type.Element.IsFloat()))
        {
            Term flat = new(graph, graph.Reshape(graph.Cast(output, ElementType.Float64), -1));
            Term weights = new Term(graph, Numbered(graph, flat)).Apply("Sin") + 0.3;
            Term sum = (flat * weights * (1 + flat * 0.3)).Reduce("ReduceSum", 0);
            loss = loss is Term before ? before + sum : sum;
        }
        graph.Output("loss", graph.Squeeze(loss!.Value, 0));
        return graph.Build();
    }

    static Value Numbered(GraphBuilder graph, Term flat)
    {
        Value one = graph.Constant(TensorData.Scalar(1, ElementType.Int64));
        return graph.Cast(graph.Apply("Range", [one, graph.Apply("Add", [flat.Apply("Size"), one]), one]), ElementType.Float64);
    }

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
