using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Tests;

public sealed class HalfPrecisionTests
{
    [Fact]
    public void Apply_ByHand_CastsAtTheEndsAndRoundsWeights()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 1));
        Value y = graph.Mul(x, graph.Initializer("w", TensorData.Of([1.0009765f, 1e-12f, 1e9f, -1e-12f, 0, float.NegativeInfinity], 6)));
        graph.Output("y", y);
        graph.Output("d", graph.Cast(graph.Cast(y, ElementType.Float64), ElementType.Float32));
        OnnxModel half = HalfPrecision.Apply(graph.Build());

        Assert.Equal(["Cast", "Mul", "Cast", "Cast", "Cast", "Cast"], half.Nodes.Select(node => node.Op));
        Assert.Equal([1.0009765625, 5.9604644775390625e-8, 65504, -5.9604644775390625e-8, 0, double.NegativeInfinity],
            half.Initializers.Single().Value.ToDoubles());
        Assert.Equal("w", half.Initializers.Single().Key);
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(half);
        Assert.Equal(["Float32 [N,6]", "Float32 [N,6]"], half.Outputs.Select(output => types[output.Name].ToString()));
        Assert.Equal(2 * 65504, Evaluator.Run(half, new Dictionary<string, TensorData> { ["x"] = TensorData.Of([2f], 1, 1) })["y"]
            .ToDoubles()[2]);
    }

    [Fact]
    public void Apply_OperatorsOfWiderTypesOnly_KeepFloat32BetweenCasts()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3));
        graph.Output("y", graph.Apply("Relu", [graph.Apply("CumSum", [x, graph.Constant(TensorData.Of([1L]))])]));
        OnnxModel half = HalfPrecision.Apply(graph.Build());
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(half);

        Assert.Equal(ElementType.Float32, types[half.Nodes.Single(node => node.Op == "CumSum").Outputs[0]].Element);
        Assert.Equal(ElementType.Float16, types[half.Nodes.Single(node => node.Op == "Relu").Outputs[0]].Element);
        Assert.Equal([1.0, 3, 6], Evaluator.Run(half, new Dictionary<string, TensorData> { ["x"] = TensorData.Of([1f, 2, 3], 1, 3) })["y"]
            .ToDoubles());
    }

    [Fact]
    public void Apply_OutputThatIsReadOn_AndInputThatIsOutput_KeepTheirNames()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3)), n = graph.Input("n", ElementType.Int64, new Shape("N", 3));
        Value a = graph.Apply("Exp", [x]);
        graph.Output("a", a);
        graph.Output("b", graph.Apply("Neg", [a]));
        graph.Output("same", x);
        graph.Output("m", graph.Add(n, n));
        OnnxModel half = HalfPrecision.Apply(graph.Build());
        GraphChecker.Check(half);
        Assert.Equal(["a", "b", "same", "m"], half.Outputs.Select(output => output.Name));
        Assert.Equal(half.ToBytes(), HalfPrecision.Apply(graph.Build()).ToBytes());
        Assert.Equal(["n", "n"], half.Nodes.Single(node => node.Op == "Add").Inputs);
    }
}
