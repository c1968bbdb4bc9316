using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;

namespace Toolchain.Graph.Tests;

/// <summary>Each operator on a case that can be worked out by hand.</summary>
public sealed class EvaluatorTests
{
    static double[] Run(string op, Attributes? attributes, params TensorData[] inputs)
    {
        var graph = new GraphBuilder();
        Value[] values = [.. inputs.Select((tensor, i) => i == 0
            ? graph.Input("x", tensor.Type, Shape.Of(tensor.Sizes))
            : graph.Initializer($"c{i}", tensor))];
        Value result = graph.Apply(op, values, attributes);
        graph.Output("y", result);
        OnnxModel model = graph.Build();
        GraphChecker.Check(model);
        TensorData y = Evaluator.Run(model, new Dictionary<string, TensorData> { ["x"] = inputs[0] })["y"];
        Assert.Equal(result.Shape, Shape.Of(y.Sizes));
        return y.ToDoubles();
    }

    static TensorData Range(params long[] sizes) =>
        TensorData.Of([.. Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b)).Select(i => (double)i)], sizes);

    static void Near(double[] expected, double[] found, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Fact]
    public void Add_Broadcasts() => Near([0, 11, 22, 3, 14, 25], Run("Add", null, Range(2, 3), TensorData.Of([0.0, 10, 20], 3)));

    [Fact]
    public void Div_OfIntegers_DropsTheFraction() =>
        Near([-1, 0, 3], Run("Div", null, TensorData.Vector(-3, 1, 7), TensorData.Vector(2, 2, 2)));

    [Fact]
    public void Where_Picks() =>
        Near([5, 1], Run("Where", null, TensorData.FromDoubles([1, 0], [2], ElementType.Bool), TensorData.Of([5.0, 6], 2),
        TensorData.Of([0.0, 1], 2)));

    [Fact]
    public void Clip_Bounds() =>
        Near([1, 1, 2, 3, 3], Run("Clip", null, Range(5), TensorData.Scalar(1, ElementType.Float64),
        TensorData.Scalar(3, ElementType.Float64)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(2.9, 0.9999589021219005)]
    [InlineData(3.1, 0.9999883513426328)]
    [InlineData(-1, -0.8427007929497149)]
    public void Erf_MatchesTables(double x, double expected) => Near([expected], Run("Erf", null, TensorData.Of([x], 1)), 1e-14);

    [Fact]
    public void MatMul_Batched_MultipliesEachPair() =>
        Near([1, 0, 3, 2, 50, 40, 70, 60], Run("MatMul", null, Range(2, 2, 2), TensorData.Of([0.0, 1, 1, 0, 0, 10, 10, 0], 2, 2, 2)));

    [Fact]
    public void Gemm_Transposed_AddsTheBias() => // [0,1] and [2,3] by rows [0,1],[2,3],[4,5], plus 1
        Near([2, 4, 6, 4, 14, 24], Run("Gemm", new Attributes { ["transB"] = 1 }, Range(2, 2), Range(3, 2), TensorData.Of([1.0, 1, 1], 3)));

    [Fact]
    public void Conv_StrideAndPadding_ByHand() => // 3x3 image 0..8, kernel of ones 2x2, stride 2, padding 1: corners of the padded image
        Near([0, 3, 9, 24], Run("Conv", new Attributes { ["strides"] = new long[] { 2, 2 }, ["pads"] = new long[] { 1, 1, 1, 1 } },
        Range(1, 1, 3, 3), TensorData.Of([1.0, 1, 1, 1], 1, 1, 2, 2)));

    [Fact]
    public void Conv_Groups_KeepChannelsApart() =>
        Near([0, 20], Run("Conv", new Attributes { ["group"] = 2 }, TensorData.Of([0.0, 2], 1, 2, 1, 1),
        TensorData.Of([5.0, 10], 2, 1, 1, 1)));

    [Fact]
    public void MaxPool_Halves() =>
        Near([5, 7, 13, 15], Run("MaxPool", new Attributes { ["kernel_shape"] = new long[] { 2, 2 }, ["strides"] = new long[] { 2, 2 } },
        Range(1, 1, 4, 4)));

    [Fact]
    public void AveragePool_Padding_CountsOnlyTheInside() => // the first window holds the pixel 0 alone, then 1 and 2, and so on
        Near([0, 1.5, 4.5, 6], Run("AveragePool",
        new Attributes { ["kernel_shape"] = new long[] { 2, 2 }, ["strides"] = new long[] { 2, 2 }, ["pads"] = new long[] { 1, 1, 1, 1 } },
        Range(1, 1, 3, 3)));

    [Fact]
    public void BatchNormalization_ByHand() => Near([1, 3], Run("BatchNormalization", new Attributes { ["epsilon"] = 0f },
        TensorData.Of([2.0, 4], 1, 1, 1, 2), TensorData.Of([2.0], 1), TensorData.Of([1.0], 1), TensorData.Of([2.0], 1),
            TensorData.Of([4.0], 1)));

    [Fact]
    public void LayerNormalization_ByHand() =>
        Near([-1, 1], Run("LayerNormalization", new Attributes { ["epsilon"] = 0f }, TensorData.Of([3.0, 5], 1, 2),
        TensorData.Of([1.0, 1], 2)));

    [Fact]
    public void Softmax_LargeValues_DoesNotOverflow() =>
        Near([.5, .5], Run("Softmax", new Attributes { ["axis"] = 1 }, TensorData.Of([1e6, 1e6], 1, 2)));

    [Fact]
    public void Softmax_FirstAxis_SumsDownTheColumns() =>
        Near([.25, .75], [.. Run("Softmax", new Attributes { ["axis"] = 0 }, TensorData.Of([0.0, Math.Log(3)], 2, 1))]);

    [Fact]
    public void Reductions_OverOneAxis() // rows 0 1 2 and 3 4 5
    {
        Near([3, 12], Run("ReduceSum", new Attributes { ["keepdims"] = 0 }, Range(2, 3), TensorData.Vector(1)));
        Near([1.5, 2.5, 3.5], Run("ReduceMean", new Attributes { ["axes"] = new long[] { 0 }, ["keepdims"] = 0 }, Range(2, 3)));
        Near([Math.Sqrt(5), Math.Sqrt(50)], Run("ReduceL2", new Attributes { ["axes"] = new long[] { -1 }, ["keepdims"] = 1 },
            Range(2, 3)));
        Near([Math.Log(2) + 1000], Run("ReduceLogSumExp", new Attributes { ["keepdims"] = 0 }, TensorData.Of([1000.0, 1000], 2)));
    }

    [Fact]
    public void ArgMax_Ties_TakesTheFirst() =>
        Near([1], Run("ArgMax", new Attributes { ["axis"] = 1, ["keepdims"] = 0 }, TensorData.Of([1.0, 2, 2], 1, 3)));

    [Fact]
    public void Transpose_Swaps() =>
        Near([0, 3, 1, 4, 2, 5], Run("Transpose", new Attributes { ["perm"] = new long[] { 1, 0 } }, Range(2, 3)));

    [Fact]
    public void Slice_NegativeStep_Reverses() =>
        Near([4, 2], Run("Slice", null, Range(5), TensorData.Vector(-1), TensorData.Vector(0), TensorData.Vector(0),
        TensorData.Vector(-2)));

    [Fact]
    public void Concat_MiddleAxis() => Near([0, 1, 0, 2, 3, 1], Run("Concat", new Attributes { ["axis"] = 1 }, Range(2, 2), Range(2, 1)));

    [Fact]
    public void Gather_NegativeIndex_CountsFromTheEnd() =>
        Near([2, 5], Run("Gather", new Attributes { ["axis"] = 1 }, Range(2, 3), TensorData.Vector(-1)));

    [Fact]
    public void Expand_Repeats() => Near([0, 0, 1, 1], Run("Expand", null, Range(2, 1), TensorData.Vector(2, 2)));

    [Fact]
    public void Squeeze_And_Unsqueeze()
    {
        Near([0, 1], Run("Squeeze", null, Range(1, 2), TensorData.Vector(0)));
        Near([0, 1], Run("Unsqueeze", null, Range(2), TensorData.Vector(-1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void RunRounded_WhatIsChosen_IsStillEqual(int phase)
    {
        var graph = new GraphBuilder();
        Value x = graph.Apply("Sin", [graph.Input("x", ElementType.Float32, new Shape(1, 4))]);
        Value largest = graph.Squeeze(graph.Reduce("ReduceMax", x, [1], keep: true), 0), isLargest = graph.Apply("Equal", [x, largest]);
        graph.Output("isLargest", isLargest);
        graph.Output("sum", graph.Reduce("ReduceSum", x, [1]));

        TensorData input = TensorData.Of([.1f, .7f, .3f, .2f], 1, 4);
        IReadOnlyDictionary<string, TensorData> values = new Dictionary<string, TensorData> { ["x"] = input },
            rounded = Evaluator.RunRounded(graph.Build(), values, phase), exact = Evaluator.Run(graph.Build(), values);
        Assert.Equal([0, 1, 0, 0], rounded["isLargest"].ToDoubles());
        Assert.InRange(Math.Abs(rounded["sum"].ToDoubles()[0] - exact["sum"].ToDoubles()[0]), 1e-9, 1e-6);
    }

    [Fact]
    public void Run_MissingInput_IsNamed()
    {
        var graph = new GraphBuilder();
        graph.Output("y", graph.Apply("Relu", [graph.Input("image", ElementType.Float32, new Shape("N", 1))]));
        var error = Assert.Throws<GraphException>(() =>
            Evaluator.Run(graph.Build(), new Dictionary<string, TensorData> { ["x"] = TensorData.Of([1f], 1, 1) }));
        Assert.Equal("input 'image' is missing; given are x.", error.Message);
    }

    [Fact]
    public void Run_WrongShape_NamesBoth()
    {
        var graph = new GraphBuilder();
        graph.Output("y", graph.Apply("Relu", [graph.Input("image", ElementType.Float32, new Shape("N", 1))]));
        var error = Assert.Throws<GraphException>(() =>
            Evaluator.Run(graph.Build(), new Dictionary<string, TensorData> { ["image"] = TensorData.Of([1f, 2], 1, 2) }));
        Assert.Equal("input 'image' must be [N,1], found [1,2].", error.Message);
    }
}
