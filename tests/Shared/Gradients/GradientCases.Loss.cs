using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Tests.Gradients;

/// <summary>The loss of a case.</summary>
static partial class GradientCases
{
    /// <summary>The sum of the outputs, each element with a weight of its own; squared, so that no second derivative vanishes.</summary>
    public static OnnxModel WithLoss(Case item)
    {
        var graph = new GraphBuilder("case", item.Opset);
        Value[] inputs = [.. item.Inputs.Select((tensor, i) => graph.Input($"x{i}", tensor.Type.IsFloat() ? item.Type : tensor.Type,
            Shape.Of(tensor.Sizes)))];
        Term? loss = null;
        foreach (Value output in item.Build(graph, inputs).Where(output => output.Type.Element.IsFloat()))
        {
            Term flat = new(graph, graph.Reshape(graph.Cast(output, item.Type), -1));
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
        return graph.Cast(graph.Apply("Range", [one, graph.Apply("Add", [flat.Apply("Size"), one]), one]), flat.Value.Type.Element);
    }
}
