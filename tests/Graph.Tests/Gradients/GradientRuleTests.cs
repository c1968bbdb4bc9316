using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Gradients;
using Toolchain.Graph.Operators;
using Toolchain.Tests.Gradients;

namespace Toolchain.Graph.Tests.Gradients;

public sealed class GradientRuleTests
{
    static readonly HashSet<string> constant = [.. ConstantGradients.All.Select(rule => rule.Op)];

    [Fact]
    public void EveryOperator_HasGradientRule()
    {
        string[] operators = [.. OperatorRegistry.All.Select(item => item.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(operators, GradientRules.All.Select(rule => rule.Op).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryDifferentiableRule_HasCaseOfDifferences()
    {
        HashSet<string> used = [.. GradientCases.All.SelectMany(item => Ops(item))];
        Assert.Equal("", string.Join(" ", GradientRules.All.Select(rule => rule.Op).Except(constant).Except(used)));
    }

    [Fact]
    public void Build_OperatorWithoutGradient_GivesZeros()
    {
        Assert.All(constant, op => Assert.Empty(GradientRules.Find(op)!.Build(null!)));
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape(2));
        graph.Output("y", graph.Reduce("ReduceSum", graph.Apply("Floor", [x]), [0]));
        OnnxModel gradients = GradientGraph.Build(graph.Build(), "y", ["x"]);
        var inputs = new Dictionary<string, TensorData> { ["x"] = TensorData.Of([1.5f, 2], 2) };
        Assert.Equal([0.0, 0], Evaluator.Run(gradients, inputs)[GradientGraph.NameOf("x")].ToDoubles());
    }

    static IEnumerable<string> Ops(GradientCases.Case item)
    {
        var graph = new GraphBuilder("case", item.Opset);
        _ = item.Build(graph, [.. item.Inputs.Select((tensor, i) =>
            graph.Input($"x{i}", tensor.Type.IsFloat() ? item.Type : tensor.Type, Shape.Of(tensor.Sizes)))]);
        return graph.Nodes.Select(node => node.Op);
    }
}
