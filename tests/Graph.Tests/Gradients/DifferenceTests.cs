using Toolchain.Graph.Building;
using Toolchain.Graph.Gradients;
using Toolchain.Tests.Gradients;

namespace Toolchain.Graph.Tests.Gradients;

public sealed class DifferenceTests
{
    const double Tolerance = 1e-7, SecondTolerance = 1e-6;

    public static IEnumerable<TheoryDataRow<int>> Cases =>
        GradientCases.All.Select((item, i) => new TheoryDataRow<int>(i) { TestDisplayName = $"{item.Name} #{i}" });

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_OfEachCase_AreDifferences(int index)
    {
        (OnnxModel model, Dictionary<string, TensorData> inputs, string[] by) = Of(GradientCases.All.ElementAt(index));
        Assert.Null(Differences.Wrong(model, "loss", inputs, by, Tolerance));
    }

    // The gradient of a function of the gradients, by everything.
    [Theory, MemberData(nameof(Cases))]
    public void GradientsOfGradients_OfEachCase_AreDifferences(int index)
    {
        (OnnxModel model, Dictionary<string, TensorData> inputs, string[] by) = Of(GradientCases.All.ElementAt(index));
        OnnxModel first = GradientGraph.Build(model, "loss", by);
        var graph = new GraphBuilder("second", first.Opset);
        Value[] arguments = [.. first.Inputs.Select(input => graph.Input(input.Name, input.Type.Element, input.Shape))];
        IReadOnlyDictionary<string, Value> results = graph.Inline(first, arguments);
        Term total = by.Select(name => new Term(graph, graph.Reshape(results[GradientGraph.NameOf(name)], -1)))
            .Select(gradient => (gradient.Apply("Sin") * gradient).Reduce("ReduceSum", 0)).Aggregate((a, b) => a + b);
        graph.Output("second", graph.Squeeze(total, 0));
        Assert.Null(Differences.Wrong(graph.Build(), "second", inputs, by, SecondTolerance));
    }

    static (OnnxModel Model, Dictionary<string, TensorData> Inputs, string[] By) Of(GradientCases.Case item) =>
        (GradientCases.WithLoss(item), item.Inputs.Select((tensor, i) => ($"x{i}", tensor)).ToDictionary(),
            [.. item.Inputs.Select((tensor, i) => (tensor, i)).Where(pair => pair.tensor.Type.IsFloat()).Select(pair => $"x{pair.i}")]);
}
