using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Activations: element by element, shape unchanged.</summary>
static class ActivationConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_relu", (graph, call) => graph.Unary("Relu", call.Tensor(0))),
        new("THSTensor_relu6", (graph, call) => graph.Clip(call.Tensor(0), 0, 6)),
        new("THSTensor_sigmoid", (graph, call) => graph.Unary("Sigmoid", graph.Promoted(call, 0))),
        new("THSTensor_tanh", (graph, call) => graph.Unary("Tanh", graph.Promoted(call, 0))),
        new("THSTensor_leaky_relu", (graph, call) =>
            graph.Apply("LeakyRelu", [call.Tensor(0)], new Attributes { ["alpha"] = call.Scalar(1) })),
        new("THSTensor_elu", Elu),
        new("THSTensor_celu", Celu),
        new("THSTensor_selu", (graph, call) => graph.Unary("Selu", call.Tensor(0))),
        new("THSTensor_silu", (graph, call) => graph.Mul(call.Tensor(0), graph.Unary("Sigmoid", call.Tensor(0)))),
        new("THSTensor_softplus", Softplus),
        new("THSTensor_log_sigmoid", (graph, call) => graph.Unary("Neg", graph.Unary("Softplus", graph.Unary("Neg", call.Tensor(0))))),
        new("THSTensor_gelu", (graph, call) => GeluByErf(graph, call.Tensor(0))),
        new("THSTensor_gelu_with_approximate", (graph, call) => call.Text(1) == "tanh" ? GeluByTanh(graph, call.Tensor(0))
            : GeluByErf(graph, call.Tensor(0))),
        // In place only: out of place, TorchSharp 0.107.0 drops the result and returns its input.
        new("THSTensor_hardtanh", (graph, call) => graph.Clip(call.Tensor(0), call.Scalar(1), call.Scalar(2))),
        new("THSTensor_threshold", (graph, call) =>
            graph.Where(graph.Apply("LessOrEqual", [call.Tensor(0), graph.Number(call, 1)]), graph.Number(call, 2), call.Tensor(0))),
        new("THSTensor_prelu", PRelu),
        new("THSTensor_hardshrink", (graph, call) =>
            graph.Where(graph.Apply("LessOrEqual", [graph.Unary("Abs", call.Tensor(0)), graph.Number(call, 1)]),
            graph.Scalar(0, call.Tensor(0)), call.Tensor(0))),
        // sign(x) * max(|x| - lambda, 0)
        new("THSTensor_softshrink", (graph, call) =>
            graph.Mul(graph.Unary("Sign", call.Tensor(0)),
            graph.Unary("Relu", graph.Shift(graph.Unary("Abs", call.Tensor(0)), -call.Scalar(1))))),
        // Outside training the slope is the mean of the bounds.
        new("THSTensor_rrelu", (graph, call) =>
            graph.Apply("LeakyRelu", [call.Tensor(0)], new Attributes { ["alpha"] = (call.Number(1) + call.Number(2)) / 2 })),
        new("THSTensor_glu", Glu),
        new("THSTensor_hardsigmoid", (graph, call) => HardSigmoid(graph, call.Tensor(0))),
        new("THSTensor_hardswish", (graph, call) => graph.Mul(call.Tensor(0), HardSigmoid(graph, call.Tensor(0)))),
    ];

    // The first half of an axis, times the sigmoid of the second.
    static Value Glu(GraphBuilder graph, NativeCall call)
    {
        long axis = call.Shape(0).Axis(call.Integer(1));
        long half = call.ResultShape()[(int)axis].Size
            ?? throw call.Refuse($"the axis that it halves must be fixed, found {call.Shape(0)}");
        return graph.Mul(graph.Slice(call.Tensor(0), axis, 0, half),
            graph.Unary("Sigmoid", graph.Slice(call.Tensor(0), axis, half, 2 * half)));
    }

    // scale * (x > 0 ? x : alpha * (e^(input_scale * x) - 1))
    static Value Elu(GraphBuilder graph, NativeCall call) => call.Scalar(3) == 1
        ? graph.Scale(graph.Apply("Elu", [call.Tensor(0)], new Attributes { ["alpha"] = call.Scalar(1) }), call.Scalar(2))
        : throw call.Refuse($"'input_scale' must be 1, found {call.Scalar(3)}");

    // x > 0 ? x : alpha * (e^(x / alpha) - 1), which is alpha * Elu(x / alpha).
    static Value Celu(GraphBuilder graph, NativeCall call)
    {
        double alpha = call.Scalar(1);
        return graph.Scale(graph.Apply("Elu", [graph.Scale(call.Tensor(0), 1 / alpha)], new Attributes { ["alpha"] = 1.0 }), alpha);
    }

    // x >= 0 ? x : weight * x, with one weight or one for each channel of [N,C,...].
    static Value PRelu(GraphBuilder graph, NativeCall call)
    {
        (Value x, Value weight) = (call.Tensor(0), call.Tensor(1));
        long[] spatial = [.. Enumerable.Range(1, Math.Max(0, call.Shape(0).Count - 2)).Select(axis => (long)axis)];
        Value slope = call.Shape(1).Sizes is [1] || spatial.Length == 0 ? weight : graph.Unsqueeze(weight, spatial); // [C] to [C,1,..]
        return graph.Apply("Where", [graph.Apply("Less", [x, graph.Scalar(0, x)]), graph.Mul(x, slope), x]);
    }

    // log(1 + e^(beta x)) / beta. PyTorch returns x itself above its threshold; at the default of 20 the two differ by 2e-9.
    static Value Softplus(GraphBuilder graph, NativeCall call)
    {
        (double beta, double threshold) = (call.Scalar(1), call.Scalar(2));
        Value x = call.Tensor(0), scaled = graph.Scale(x, beta), soft = graph.Scale(graph.Unary("Softplus", scaled), 1 / beta);
        // From 15 on both branches agree to 3e-7.
        return threshold >= 15 ? soft : graph.Where(graph.Apply("Greater", [scaled, graph.Scalar(threshold, x)]), x, soft);
    }

    // x/2 * (1 + erf(x / sqrt 2))
    public static Value GeluByErf(GraphBuilder graph, Value x) =>
        graph.Mul(graph.Scale(x, 0.5), graph.Shift(graph.Unary("Erf", graph.Scale(x, Math.Sqrt(0.5))), 1));

    // x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))
    static Value GeluByTanh(GraphBuilder graph, Value x)
    {
        Value cube = graph.Mul(graph.Mul(x, x), x);
        Value inner = graph.Scale(graph.Add(x, graph.Scale(cube, 0.044715)), Math.Sqrt(2 / Math.PI));
        return graph.Mul(graph.Scale(x, 0.5), graph.Shift(graph.Unary("Tanh", inner), 1));
    }

    static Value HardSigmoid(GraphBuilder graph, Value x) =>
        graph.Apply("HardSigmoid", [x], new Attributes { ["alpha"] = 1.0 / 6, ["beta"] = 0.5 });
}
