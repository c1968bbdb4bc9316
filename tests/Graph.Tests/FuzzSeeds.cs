using Toolchain.Graph.Heads;

namespace Toolchain.Graph.Tests;

/// <summary>Small sound models with many operators, to be damaged.</summary>
static class FuzzSeeds
{
    static readonly Random random = new(9);

    public static IReadOnlyList<OnnxModel> All { get; } = [ConvolutionNet(), Attention(), Shapes(13), Shapes(21), Mixture(), Logic()];

    static TensorData Weight(params long[] sizes) =>
        TensorData.Of([.. Enumerable.Range(0, (int)sizes.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle())], sizes);

    static OnnxModel ConvolutionNet()
    {
        var graph = new GraphBuilder("convolutions") { Scope = "net" };
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2, 8, 8));
        Value y = graph.Apply("Conv", [x, graph.Initializer("conv.weight", Weight(4, 2, 3, 3)), graph.Initializer("conv.bias", Weight(4))], new Attributes { ["pads"] = new long[] { 1, 1, 1, 1 }, ["strides"] = new long[] { 2, 2 } });
        y = graph.Apply("BatchNormalization", [y, .. Enumerable.Range(0, 4).Select(i => graph.Initializer($"bn.{i}", Weight(4)))]);
        y = graph.Apply("MaxPool", [graph.Apply("Relu", [y])], new Attributes { ["kernel_shape"] = new long[] { 2, 2 }, ["strides"] = new long[] { 2, 2 } });
        y = graph.Apply("AveragePool", [y], new Attributes { ["kernel_shape"] = new long[] { 2, 2 } });
        y = graph.Gemm(graph.Flatten(y), graph.Initializer("fc.weight", Weight(3, 4)), graph.Initializer("fc.bias", Weight(3)), transB: true);
        graph.Output("y", graph.Softmax(y));
        graph.Output("label", graph.ArgMax(y, 1));
        return graph.Build(new Dictionary<string, string> { ["uvl.seed"] = "1" }, "A net.");
    }

    static OnnxModel Attention()
    {
        var graph = new GraphBuilder("attention");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3, 4));
        Value weights = graph.Softmax(graph.MatMul(x, graph.Transpose(x, 0, 2, 1)));
        Value y = graph.Apply("LayerNormalization", [graph.Add(graph.MatMul(weights, x), x), graph.Initializer("scale", Weight(4)), graph.Initializer("shift", Weight(4))]);
        graph.Output("y", graph.Reduce("ReduceMean", graph.Apply("Erf", [y]), [1], keep: true));
        return graph.Build();
    }

    static OnnxModel Shapes(int opset)
    {
        var graph = new GraphBuilder("shapes", opset);
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 6));
        Value y = graph.Apply("Concat", [x, graph.Apply("Neg", [x])], new Attributes { ["axis"] = 1L });
        y = graph.Apply("Slice", [y, graph.Constant(TensorData.Vector(1)), graph.Constant(TensorData.Vector(5)), graph.Constant(TensorData.Vector(1)), graph.Constant(TensorData.Vector(2))]);
        y = graph.Unsqueeze(graph.Squeeze(graph.Unsqueeze(y, 1), 1), 2);
        y = graph.Apply("Expand", [y, graph.Constant(TensorData.Vector(1, 1, 3))]);
        y = graph.Apply("Gather", [y, graph.Constant(TensorData.Vector(1, 0))], new Attributes { ["axis"] = 1L });
        graph.Output("y", graph.Reduce("ReduceSum", graph.Reshape(y, 0, -1), [1]));
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
