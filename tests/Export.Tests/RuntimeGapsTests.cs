using Microsoft.ML.OnnxRuntime;
using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.Export.Tests;

/// <summary>The table of kernels that ONNX Runtime lacks, against the runtime that the tests load.</summary>
public sealed class RuntimeGapsTests
{
    const string Made = "artifacts/RuntimeGaps.txt", Table = "src/Export/Conversion/RuntimeGaps.txt";

    static readonly ElementType[] types = Enum.GetValues<ElementType>();

    static readonly Func<GraphBuilder, ElementType, Value>[] nodes =
    [
        .. ((string[])
        [
            "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "HardSigmoid",
                "HardSwish", "IsInf", "IsNaN", "LeakyRelu", "Log", "LogSoftmax", "Neg", "Reciprocal", "Relu", "Round",
            "Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Softmax", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "ThresholdedRelu", "Not",
                "GlobalAveragePool", "GlobalMaxPool", "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
                "ReduceL2",
            "ReduceLogSumExp", "ReduceSumSquare", "Identity", "Flatten", "Transpose", "Clip", "ArgMax", "ArgMin",
        ]).Select(op => new Func<GraphBuilder, ElementType, Value>((graph, type) => graph.Apply(op, [Input(graph, type)]))),
        .. ((string[])["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And",
            "Or", "Xor", "Mod", "PRelu", "MatMul"])
            .Select(op => new Func<GraphBuilder, ElementType,
                Value>((graph, type) =>
                graph.Apply(op, [Input(graph, type), Input(graph, type)], op == "Mod" && type is ElementType.Float16 or ElementType.Float32
                or ElementType.Float64 ? new Attributes { ["fmod"] = 1 } : null))),
        (graph, type) => graph.Apply("Where", [Input(graph, ElementType.Bool), Input(graph, type), Input(graph, type)]),
        (graph, type) =>
            graph.Apply("Conv", [Input(graph, type), Input(graph, type)], new Attributes { ["kernel_shape"] = (long[])[2, 2] }),
        (graph, type) =>
            graph.Apply("ConvTranspose", [Input(graph, type), Input(graph, type)], new Attributes { ["kernel_shape"] = (long[])[2, 2] }),
        (graph, type) => graph.Apply("MaxPool", [Input(graph, type)], new Attributes { ["kernel_shape"] = (long[])[2, 2] }),
            (graph, type) => graph.Apply("AveragePool", [Input(graph, type)], new Attributes { ["kernel_shape"] = (long[])[2, 2] }),
        (graph, type) => graph.Apply("LRN", [Input(graph, type)], new Attributes { ["size"] = 3 }),
        (graph, type) => graph.Apply("TopK", [Input(graph, type), Constant(graph, 1)], [], 2)[0], (graph, type) =>
            graph.Apply("CumSum", [Input(graph, type), graph.Constant(TensorData.Scalar(0, ElementType.Int64))]),
        (graph, type) => graph.Apply("Gather", [Input(graph, type), Constant(graph, 0)]), (graph, type) =>
            graph.Apply("GatherElements", [Input(graph, type), Input(graph, ElementType.Int64)]), (graph, type) =>
            graph.Apply("GatherND", [Input(graph, type), Constant(graph, 0)]),
        (graph, type) => graph.Apply("ScatterElements", [Input(graph, type), Input(graph, ElementType.Int64), Input(graph, type)]),
            (graph, type) => graph.Apply("Concat", [Input(graph, type), Input(graph, type)], new Attributes { ["axis"] = 0 }),
        (graph, type) => graph.Apply("Slice", [Input(graph, type), Constant(graph, 0), Constant(graph, 1)]), (graph, type) =>
            graph.Apply("Expand", [Input(graph, type), Constant(graph, 2, 2, 2, 2)]), (graph, type) =>
            graph.Apply("Tile", [Input(graph, type), Constant(graph, 1, 1, 1, 2)]),
        (graph, type) => graph.Apply("Pad", [Input(graph, type), Constant(graph, 0, 0, 0, 0, 1, 1, 1, 1)]), (graph, type) =>
            graph.Apply("Reshape", [Input(graph, type), Constant(graph, -1)]), (graph, type) =>
            graph.Apply("Squeeze", [graph.Apply("Unsqueeze", [Input(graph, type), Constant(graph, 0)]), Constant(graph, 0)]),
        (graph, type) =>
            graph.Apply("Resize", [Input(graph, type), null, null, Constant(graph, 2, 2, 4, 4)], new Attributes { ["mode"] = "linear" }),
            (graph, type) => graph.Apply("Gemm", [graph.Reshape(Input(graph, type), 4, 4), graph.Reshape(Input(graph, type), 4, 4)]),
        (graph, type) => graph.Apply("Einsum", [Input(graph, type)], new Attributes { ["equation"] = "abcd->ab" }), (graph, type) =>
            graph.Apply("LayerNormalization", [Input(graph, type), graph.Constant(TensorData.FromDoubles([1, 1], [2], type))]),
        (graph, type) =>
            graph.Apply("BatchNormalization",
            [Input(graph, type), .. Enumerable.Range(0, 4).Select(_ => graph.Constant(TensorData.FromDoubles([1, 1], [2], type)))]),
            (graph, type) => graph.Apply("GridSample", [Input(graph, type), Input(graph, type)]),
        (graph, type) => graph.Apply("NonZero", [Input(graph, type)]), (graph, type) => graph.Apply("Unique", [Input(graph, type)]),
        (graph, type) =>
            graph.Apply("Compress", [Input(graph, type), graph.Constant(TensorData.FromDoubles([1, 0], [2], ElementType.Bool))]),
        (graph, type) => graph.Apply("Attention", [Input(graph, type), Input(graph, type), Input(graph, type)]),
        (graph, type) => graph.Apply("RMSNormalization", [Input(graph, type), graph.Constant(TensorData.FromDoubles([1, 1], [2], type))]),
        (graph, type) => graph.Apply("Range", [.. Enumerable.Range(0, 3).Select(i => graph.Input($"r{i}", type, new Shape()))]),
    ];

    static Value Input(GraphBuilder graph, ElementType type) =>
        graph.Input($"x{graph.Nodes.Count}_{Guid.NewGuid():N}", type, new Shape(2, 2, 2, 2));

    static Value Constant(GraphBuilder graph, params long[] values) => graph.Constant(TensorData.Vector(values));

    [Fact]
    public void Table_IsWhatTheRuntimeLacks()
    {
        string[] lines =
            [.. Lacking().OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {string.Join(" ", pair.Value.Order())}")];
        string[] table =
            [.. RuntimeGaps.Lacking.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {string.Join(" ", pair.Value.Order())}")];
        if (!lines.SequenceEqual(table))
        {
            File.WriteAllLines(Checkout.In(Made), lines);
            Assert.Fail($"{Table} is not what ONNX Runtime {OrtEnv.Instance().GetVersionString()} lacks: cp {Made} {Table}");
        }
    }

    static Dictionary<string, HashSet<ElementType>> Lacking()
    {
        var lacking = new Dictionary<string, HashSet<ElementType>>();
        foreach (Func<GraphBuilder, ElementType, Value> node in nodes)
        {
            foreach ((ElementType type, int opset) in types.SelectMany(type =>
                ((int[])[13, 14, 16, 17, 18, 20, 22, 23]).Select(opset => (type, opset))))
            {
                var graph = new GraphBuilder(opset: opset);
                try
                {
                    graph.Output("y", node(graph, type));
                }
                catch (GraphException)
                {
                    continue; // no form of ONNX
                }
                using var options = new SessionOptions
                {
                    IntraOpNumThreads = 1, // thousands of sessions: none starts threads
                    GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
                    LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL
                };
                try
                {
                    using var session = new InferenceSession(graph.Build(passes: Graph.Passes.GraphPasses.None).ToBytes(), options);
                }
                catch (OnnxRuntimeException error) when (error.Message.Contains("NotImplemented", StringComparison.Ordinal))
                {
                    // Where the runtime has no kernel but spells an operator by others, it names one of those.
                    string named = error.Message.Split("implementation for ")[1].Split('(')[0];
                    string op = graph.Nodes.Any(node => node.Op == named) ? named : graph.Nodes[^2].Op; // the last is the output's Identity
                    if (!lacking.TryGetValue(op, out HashSet<ElementType>? of))
                    {
                        lacking[op] = of = [];
                    }
                    of.Add(type);
                }
            }
        }
        return lacking;
    }
}
