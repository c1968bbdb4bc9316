using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Arithmetic of tensors and scalars, broadcast as in PyTorch, and functions of one number.</summary>
static class ArithmeticConverters
{
    public static IEnumerable<Converter> All =>
    [
        // a + alpha * b
        new("THSTensor_add", (graph, call) => graph.Add(graph.Promoted(call, 0), graph.ScaledBy(call, graph.Promoted(call, 1), 2))),
        new("THSTensor_add_scalar", (graph, call) => call.IsFixed(1) && call.IsFixed(2)
            ? graph.Shift(graph.Promoted(call, 0), call.Scalar(1) * call.Scalar(2))
            : graph.Add(graph.Promoted(call, 0), graph.ScaledBy(call, graph.Number(call, 1), 2))),
        new("THSTensor_sub", (graph, call) => graph.Sub(graph.Promoted(call, 0), graph.Promoted(call, 1))),
        new("THSTensor_sub_scalar", (graph, call) => graph.Sub(graph.Promoted(call, 0), graph.Number(call, 1))),
        new("THSTensor_mul", (graph, call) => graph.Mul(graph.Promoted(call, 0), graph.Promoted(call, 1))),
        new("THSTensor_mul_scalar", (graph, call) => graph.Mul(graph.Promoted(call, 0), graph.Number(call, 1))),
        new("THSTensor_div", (graph, call) => Divide(graph, call, graph.Promoted(call, 0), graph.Promoted(call, 1))),
        new("THSTensor_div_scalar", (graph, call) => Divide(graph, call, graph.Promoted(call, 0), graph.Number(call, 1))),
        new("THSTensor_true_divide", (graph, call) => graph.Div(graph.Promoted(call, 0), graph.Promoted(call, 1))),
        new("THSTensor_true_divide_scalar", (graph, call) => graph.Div(graph.Promoted(call, 0), graph.Number(call, 1))),
        new("THSTensor_pow", (graph, call) => Power(graph, graph.Promoted(call, 0), graph.Promoted(call, 1))),
        new("THSTensor_pow_scalar", (graph, call) => Power(graph, graph.Promoted(call, 0), graph.Number(call, 1))),
        new("THSTensor_max_elementwise", (graph, call) => graph.Apply("Max", [graph.Promoted(call, 0), graph.Promoted(call, 1)])),
        new("THSTensor_min_elementwise", (graph, call) => graph.Apply("Min", [graph.Promoted(call, 0), graph.Promoted(call, 1)])),
        new("THSTensor_clamp", (graph, call) => Clamp(graph, call, Optional(graph, call, 1), Optional(graph, call, 2))),
        new("THSTensor_clamp_min", (graph, call) => Clamp(graph, call, graph.Number(call, 1), null)),
        new("THSTensor_clamp_max", (graph, call) => Clamp(graph, call, null, graph.Number(call, 1))),
        Unary("THSTensor_neg", "Neg"), Unary("THSTensor_abs", "Abs"), Unary("THSTensor_sqrt", "Sqrt"), Unary("THSTensor_exp", "Exp"),
        Unary("THSTensor_log", "Log"), Unary("THSTensor_reciprocal", "Reciprocal"), Unary("THSTensor_floor", "Floor"),
            Unary("THSTensor_ceil", "Ceil"),
        Unary("THSTensor_sin", "Sin"), Unary("THSTensor_cos", "Cos"), Unary("THSTensor_tan", "Tan"), Unary("THSTensor_erf", "Erf"),
        new("THSTensor_rsqrt", (graph, call) => graph.Unary("Reciprocal", graph.Unary("Sqrt", graph.Promoted(call, 0)))),
        new("THSTensor_round", (graph, call) => call.Integer(1) == 0 ? graph.Unary("Round", call.Tensor(0))
            : throw call.Refuse($"'decimals' must be 0, found {call.Integer(1)}")),
        new("THSTensor_sign", (graph, call) => MathConverters.Sign(graph, call.Tensor(0))),
        new("THSTensor_log1p", (graph, call) => MathConverters.Log1p(graph, graph.Promoted(call, 0))),
        new("THSTensor_expm1", (graph, call) => MathConverters.Expm1(graph, graph.Promoted(call, 0))),
        // a + weight * (b - a)
        new("THSTensor_lerp", (graph, call) => graph.Add(graph.Promoted(call, 0),
            graph.Mul(graph.Promoted(call, 2), graph.Sub(graph.Promoted(call, 1), graph.Promoted(call, 0))))),
        // a + value * b * c, a + value * b / c
        new("THSTensor_addcmul", (graph, call) => graph.Add(graph.Promoted(call, 0),
            graph.Mul(graph.Number(call, 3), graph.Mul(graph.Promoted(call, 1), graph.Promoted(call, 2))))),
        new("THSTensor_addcdiv", (graph, call) => graph.Add(graph.Promoted(call, 0),
            graph.Mul(graph.Number(call, 3), graph.Div(graph.Promoted(call, 1), graph.Promoted(call, 2))))),
        new("THSTensor_log2", (graph, call) => graph.Scale(graph.Unary("Log", graph.Promoted(call, 0)), 1 / Math.Log(2))),
        new("THSTensor_log10", (graph, call) => graph.Scale(graph.Unary("Log", graph.Promoted(call, 0)), 1 / Math.Log(10))),
    ];

    static Converter Unary(string entry, string op) => new(entry, (graph, call) => graph.Unary(op, graph.Promoted(call, 0)));

    static Value? Optional(GraphBuilder graph, NativeCall call, int argument) =>
        call.IsGiven(argument) ? graph.Number(call, argument) : null;

    static Value Clamp(GraphBuilder graph, NativeCall call, Value? low, Value? high) => graph.Apply("Clip",
        high is null ? [graph.Promoted(call, 0), low] : [graph.Promoted(call, 0), low, high]);

    // ONNX divides integers as C does, towards 0.
    static Value Divide(GraphBuilder graph, NativeCall call, Value a, Value b) => call.Text(2) switch
    {
        null => graph.Div(a, b),
        "floor" => MathConverters.FloorDivide(graph, a, b),
        "trunc" => a.Type.Element.IsFloat() ? MathConverters.Truncate(graph, graph.Div(a, b)) : graph.Div(a, b),
        string mode => throw call.Refuse($"'rounding_mode' must be floor or trunc, found {mode}"),
    };

    // Runtimes raise no small integers; what is cast back wraps around as in PyTorch.
    static Value Power(GraphBuilder graph, Value a, Value b) => a.Type.Element is ElementType.UInt8 or ElementType.Int8
        ? graph.Cast(graph.Apply("Pow", [graph.Cast(a, ElementType.Int64), graph.Cast(b, ElementType.Int64)]), a.Type.Element)
        : graph.Apply("Pow", [a, b]);
}
