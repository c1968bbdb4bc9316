using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

/// <summary>
/// One operator alone: the first tensor is the graph's input, the others are constants; shapes are compared with inference.
/// </summary>
static class OperatorRun
{
    public static double[] Of(string op, Attributes? attributes, params TensorData?[] inputs) => Of(op, attributes, 0, 1, inputs);

    /// <summary>Output number <paramref name="output"/> of <paramref name="count"/>.</summary>
    public static double[] Of(string op, Attributes? attributes, int output, int count, params TensorData?[] inputs)
    {
        var graph = new GraphBuilder();
        Value?[] values = [.. inputs.Select((tensor, i) => tensor is null ? null : i == 0
            ? graph.Input("x", tensor.Type, Shape.Of(tensor.Sizes))
            : graph.Initializer($"c{i}", tensor))];
        Value result = graph.Apply(op, values, attributes, count)[output];
        graph.Output("y", result);
        OnnxModel model = OnnxFile.FromBytes(graph.Build().ToBytes());
        GraphChecker.Check(model);
        TensorData y = Evaluator.Run(model, new Dictionary<string, TensorData> { ["x"] = inputs[0]! })["y"];
        Assert.True(result.Shape.IsCompatibleWith(Shape.Of(y.Sizes)), $"inferred {result.Shape}, computed [{string.Join(",", y.Sizes)}]");
        return y.ToDoubles();
    }

    public static void Near(double[] expected, double[] found, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
