using Toolchain.Graph.Building;
using Toolchain.Graph.Heads;

namespace Toolchain.Graph.Tests;

/// <summary>Small sound models with many operators, to be damaged.</summary>
static class FuzzSeeds
{
    static readonly Random random = new(9);

    public static IReadOnlyList<OnnxModel> All { get; } = [ConvolutionNet(), Attention(), Shapes(13), Shapes(21), Mixture(), Logic(),
        Vision(), Sequence(), Loop()];

    static TensorData Weight(params long[] sizes) =>
        TensorData.Of([.. Enumerable.Range(0, (int)sizes.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle())], sizes);

    static OnnxModel ConvolutionNet()
    {
        var graph = new GraphBuilder("convolutions") { Scope = "net" };
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2, 8, 8));
        Value y = graph.Apply("Conv", [x, graph.Initializer("conv.weight", Weight(4, 2, 3, 3)), graph.Initializer("conv.bias", Weight(4))],
            new Attributes { ["pads"] = new long[] { 1, 1, 1, 1 }, ["strides"] = new long[] { 2, 2 } });
        y = graph.Apply("BatchNormalization", [y, .. Enumerable.Range(0, 4).Select(i => graph.Initializer($"bn.{i}", Weight(4)))]);
        y = graph.Apply("MaxPool", [graph.Apply("Relu", [y])],
            new Attributes { ["kernel_shape"] = new long[] { 2, 2 }, ["strides"] = new long[] { 2, 2 } });
        y = graph.Apply("AveragePool", [y], new Attributes { ["kernel_shape"] = new long[] { 2, 2 } });
        y = graph.Gemm(graph.Flatten(y), graph.Initializer("fc.weight", Weight(3, 4)), graph.Initializer("fc.bias", Weight(3)),
            transB: true);
        graph.Output("y", graph.Softmax(y));
        graph.Output("label", graph.ArgMax(y, 1));
        return graph.Build(new Dictionary<string, string> { ["uvl.seed"] = "1" }, "A net.");
    }

    static OnnxModel Attention()
    {
        var graph = new GraphBuilder("attention");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3, 4));
        Value weights = graph.Softmax(graph.MatMul(x, graph.Transpose(x, 0, 2, 1)));
        Value y =
            graph.Apply("LayerNormalization", [graph.Add(graph.MatMul(weights, x), x), graph.Initializer("scale", Weight(4)),
            graph.Initializer("shift", Weight(4))]);
        graph.Output("y", graph.Reduce("ReduceMean", graph.Apply("Erf", [y]), [1], keep: true));
        return graph.Build();
    }

    static OnnxModel Shapes(int opset)
    {
        var graph = new GraphBuilder("shapes", opset);
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 6));
        Value y = graph.Apply("Concat", [x, graph.Apply("Neg", [x])], new Attributes { ["axis"] = 1L });
        y = graph.Apply("Slice", [y, graph.Constant(TensorData.Vector(1)), graph.Constant(TensorData.Vector(5)),
            graph.Constant(TensorData.Vector(1)), graph.Constant(TensorData.Vector(2))]);
        y = graph.Unsqueeze(graph.Squeeze(graph.Unsqueeze(y, 1), 1), 2);
        y = graph.Apply("Expand", [y, graph.Constant(TensorData.Vector(1, 1, 3))]);
        y = graph.Apply("Gather", [y, graph.Constant(TensorData.Vector(1, 0))], new Attributes { ["axis"] = 1L });
        graph.Output("y", graph.Reduce("ReduceSum", graph.Reshape(y, 0, -1), [1]));
        return graph.Build();
    }

    static OnnxModel Vision()
    {
        var graph = new GraphBuilder("vision");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2, 4, 4));
        Value y = graph.Apply("Pad", [x, graph.Constant(TensorData.Vector(0, 0, 1, 1, 0, 0, 1, 1))],
            new Attributes { ["mode"] = "reflect" });
        y = graph.Apply("ConvTranspose", [y, graph.Initializer("up.weight", Weight(2, 3, 2, 2))],
            new Attributes { ["strides"] = new long[] { 2, 2 } });
        y = graph.Apply("Resize", [y, null, graph.Constant(TensorData.Of([1f, 1, 0.5f, 0.5f], 4))], new Attributes { ["mode"] = "linear" });
        Value grid =
            graph.Apply("Tanh", [graph.Transpose(
            graph.Apply("Slice", [y, graph.Constant(TensorData.Vector(0)), graph.Constant(TensorData.Vector(2)),
            graph.Constant(TensorData.Vector(1))]), 0, 2, 3, 1)]);
        y = graph.Apply("GridSample", [y, grid]);
        Value[] top = graph.Apply("TopK", [graph.Flatten(y), graph.Constant(TensorData.Vector(2))], new Attributes { ["axis"] = 1L }, 2);
        graph.Output("y", graph.Apply("LRN", [y], new Attributes { ["size"] = 3L }));
        graph.Output("top", top[0]);
        graph.Output("where", top[1]);
        return graph.Build();
    }

    static OnnxModel Sequence()
    {
        var graph = new GraphBuilder("sequence");
        Value x = graph.Input("x", ElementType.Float32, new Shape(5, "N", 3));
        Value[] gru =
            graph.Apply("GRU", [x, graph.Initializer("w", Weight(1, 12, 3)), graph.Initializer("r", Weight(1, 12, 4)),
            graph.Initializer("b", Weight(1, 24))], new Attributes { ["hidden_size"] = 4L, ["linear_before_reset"] = 1L }, 2);
        Value y = graph.Apply("CumSum", [graph.Squeeze(gru[0], 1), graph.Constant(TensorData.Of([0L]))]);
        y = graph.Apply("Einsum", [y, graph.Initializer("e", Weight(4, 2))], new Attributes { ["equation"] = "tnh,hk->ntk" });
        y = graph.Apply("Tile", [y, graph.Constant(TensorData.Vector(1, 2, 1))]);
        y = graph.Apply("GatherND", [y, graph.Constant(TensorData.Of([0L, 1, 0, 2], 2, 2))]);
        graph.Output("y", graph.Apply("ScatterElements",
            [y, graph.Constant(TensorData.Of([0L, 1], 1, 2)), graph.Constant(TensorData.Of([1f, 2], 1, 2))],
            new Attributes { ["axis"] = 1L }));
        graph.Output("last", gru[1]);
        return graph.Build();
    }

    static OnnxModel Loop()
    {
        var graph = new GraphBuilder("loop");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2)), w = graph.Initializer("w", Weight(2, 2));
        Value[] results = graph.Loop(graph.Constant(TensorData.Scalar(3, ElementType.Int64)), [x], (body, i, state) =>
        {
            Value next = body.Add(body.MatMul(state[0], w), body.Scalar(1, state[0]));
            return new LoopStep([next], [body.Mul(next, body.Cast(i, ElementType.Float32))]);
        });
        graph.Output("y", results[0]);
        graph.Output("all", results[1]);
        return graph.Build();
    }

    static OnnxModel Mixture()
    {
        var graph = new GraphBuilder("head");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2));
        (Value probability, Value cluster) = ClusterHead.KMeans(graph, x, new double[,] { { 0, 1 }, { 2, 3 } }, 1);
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        return graph.Build();
    }

    static OnnxModel Logic()
    {
        var graph = new GraphBuilder("logic");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3)), y = graph.Input("y", ElementType.Float32, new Shape("N", 3));
        Value both = graph.Apply("And", [graph.Apply("Greater", [x, y]), graph.Apply("Not", [graph.Apply("Equal", [x, y])])]);
        graph.Output("z", graph.Apply("Where", [both, graph.Div(x, y), graph.Apply("Clip", [x, graph.Scalar(-1, x), graph.Scalar(1, x)])]));
        graph.Output("n", graph.Cast(both, ElementType.Int64));
        return graph.Build();
    }
}
