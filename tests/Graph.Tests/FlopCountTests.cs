using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Inspection;

namespace Toolchain.Graph.Tests;

public sealed class FlopCountTests
{
    static double? Flops(Func<GraphBuilder, Value> build)
    {
        var graph = new GraphBuilder();
        graph.Output("y", build(graph));
        OnnxModel model = graph.Build();
        return FlopCount.PerRow(model, GraphChecker.Check(model));
    }

    static Value Input(GraphBuilder graph, params Dim[] dims) => graph.Input("x", ElementType.Float32, new Shape(dims));

    static Value Weight(GraphBuilder graph, params long[] sizes) =>
        graph.Constant(TensorData.Of(new float[sizes.Aggregate((a, b) => a * b)], sizes));

    [Fact]
    public void Conv_CountsTwoForEachWeightAtEachPlace() => // 6 channels out, 2 of 4 in each group, 3x3, on 4x4 places
        Assert.Equal(2.0 * 6 * 2 * 9 * 16, Flops(graph =>
        graph.Apply("Conv", [Input(graph, "N", 4, 6, 6), Weight(graph, 6, 2, 3, 3)], new Attributes { ["group"] = 2L })));

    [Fact]
    public void Products_CountTwoForEachPair()
    {
        Assert.Equal(2.0 * 5 * 3, Flops(graph => graph.Gemm(Input(graph, "N", 5), Weight(graph, 3, 5), transB: true)));
        Assert.Equal(2.0 * 7 * 5 * 3, Flops(graph => graph.MatMul(Input(graph, "N", 7, 5), Weight(graph, 5, 3))));
    }

    [Fact]
    public void Pools_CountTheirWindows_MovesCountNothing_OthersTheirElements()
    {
        Assert.Equal(2.0 * 2 * 2 * 9, Flops(graph =>
            graph.Apply("MaxPool", [Input(graph, "N", 2, 6, 6)],
            new Attributes { ["kernel_shape"] = new long[] { 3, 3 }, ["strides"] = new long[] { 3, 3 } })));
        Assert.Equal(0, Flops(graph => graph.Flatten(Input(graph, "N", 2, 6))));
        Assert.Equal(12, Flops(graph => graph.Reduce("ReduceSum", Input(graph, "N", 2, 6), [1])));
    }

    [Fact]
    public void UnknownShape_GivesNoCount() => Assert.Null(Flops(graph => graph.Apply("Relu", [Input(graph, Dim.Unknown, 4)])));

    [Fact]
    public void SizesThatAreCalculated_AreKnownAtFixedShapes()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2, "H"));
        // [N,2,H] to [N,2*H] by way of its own shape: nothing but an evaluation of the sizes tells that the matrix has H rows.
        Value height =
            graph.Apply("Slice", [graph.Apply("Shape", [x]), graph.Constant(TensorData.Vector(2)), graph.Constant(TensorData.Vector(3))]);
        Value square = graph.Apply("Concat", [height, height], new Attributes { ["axis"] = 0 });
        Value ones = graph.Apply("ConstantOfShape", [square], new Attributes { ["value"] = TensorData.Of((float[])[1], 1) }); // [H,H]
        graph.Output("y", graph.MatMul(x, ones));
        OnnxModel model = graph.Build();

        Assert.Equal(2.0 * 3 * 2 * 5 * 5, FlopCount.Of(model, [new Shape(3, 2, 5)]));
    }

    [Fact]
    public void Einsum_CountsTwoForEachCombinationOfLetters() => Assert.Equal(2.0 * 5 * 7 * 3, Flops(graph => graph.Apply("Einsum",
        [Input(graph, "N", 5, 7), Weight(graph, 7, 3)], new Attributes { ["equation"] = "nij,jk->nik" })));
}
