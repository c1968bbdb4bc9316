using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Gradients;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Tests.Gradients;

public sealed class StopGradientTests
{
    // The sum of x * detach(x) + detach(x): the gradient is x, where that of x * x + x would be 2 x + 1.
    static OnnxModel Model()
    {
        var graph = new GraphBuilder("stopped");
        Value x = graph.Input("x", ElementType.Float32, new Shape(2));
        Term still = new(graph, graph.Detach(x)), again = new(graph, graph.Apply("Identity", [x]));
        graph.Output("loss", graph.Squeeze(graph.Apply("ReduceSum", [again * still + still]), 0));
        return graph.Build();
    }

    static double[] Gradient(OnnxModel model) => Evaluator.Run(GradientGraph.Build(model, "loss", ["x"]),
        new Dictionary<string, TensorData> { ["x"] = TensorData.Of([2f, -3], 2) })["gradient.x"].ToDoubles();

    [Fact]
    public void Gradients_ByHand_StopThere() => Assert.Equal([2.0, -3], Gradient(Model()));

    [Fact]
    public void Gradients_AfterEveryPassAndAFile_StopThere()
    {
        Assert.Equal([2.0, -3], Gradient(Model().Apply(GraphPasses.Default | GraphPasses.Duplicates)));
        Assert.Equal([2.0, -3], Gradient(OnnxFile.FromBytes(Model().ToBytes())));
    }

    [Fact]
    public void Gradients_OfAModelInlinedTwice_StopInBoth()
    {
        var graph = new GraphBuilder("two");
        Value x = graph.Input("x", ElementType.Float32, new Shape(2));
        Term first = new(graph, graph.Inline(Model(), x)["loss"]), second = new(graph, graph.Inline(Model(), x)["loss"]);
        graph.Output("loss", first + second);
        Assert.Equal([4.0, -6], Gradient(graph.Build()));
    }

    [Fact]
    public void Gradients_InALoopAndABranch_StopThere()
    {
        var graph = new GraphBuilder("within");
        Value x = graph.Input("x", ElementType.Float32, new Shape(2)), yes = graph.Constant(TensorData.Scalar(1, ElementType.Bool));
        Value[] looped = graph.Loop(graph.Constant(TensorData.Scalar(2, ElementType.Int64)), [graph.ZerosLike(x)], (inner, _, state) =>
            new LoopStep([inner.Add(state[0], inner.Mul(x, inner.Detach(x)))], []));
        Value branched = graph.If(yes, then => [then.Mul(x, then.Detach(x))], otherwise => [x])[0];
        graph.Output("loss", graph.Squeeze(graph.Apply("ReduceSum", [graph.Add(looped[0], branched)]), 0));
        Assert.Equal([6.0, -9], Gradient(graph.Build()));
    }
}
