using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Comparisons, and choices by a mask.</summary>
static class ComparisonConverters
{
    public static IEnumerable<Converter> All =>
    [
        .. Pair("THSTensor_eq", (graph, a, b) => graph.Apply("Equal", [a, b])),
        .. Pair("THSTensor_ne", (graph, a, b) => graph.Unary("Not", graph.Apply("Equal", [a, b]))),
        .. Pair("THSTensor_lt", (graph, a, b) => graph.Apply("Less", [a, b])),
        .. Pair("THSTensor_le", (graph, a, b) => graph.Apply("LessOrEqual", [a, b])),
        .. Pair("THSTensor_gt", (graph, a, b) => graph.Apply("Greater", [a, b])),
        .. Pair("THSTensor_ge", (graph, a, b) => graph.Apply("GreaterOrEqual", [a, b])),
        new("THSTensor_logical_not", (graph, call) => graph.Unary("Not", graph.Cast(call.Tensor(0), ElementType.Bool))),
        new("THSTensor_logical_and", (graph, call) =>
            graph.Apply("And", [graph.Cast(call.Tensor(0), ElementType.Bool), graph.Cast(call.Tensor(1), ElementType.Bool)])),
        new("THSTensor_logical_or", (graph, call) =>
            graph.Apply("Or", [graph.Cast(call.Tensor(0), ElementType.Bool), graph.Cast(call.Tensor(1), ElementType.Bool)])),
        Bits("THSTensor_bitwise_and", "And"), Bits("THSTensor_bitwise_or", "Or"), Bits("THSTensor_bitwise_xor", "Xor"),
        new("THSTensor_bitwise_not", (graph, call) => call.ResultType() == ElementType.Bool ? graph.Unary("Not", call.Tensor(0))
            : graph.Opset >= 18 ? graph.Unary("BitwiseNot", call.Tensor(0)) : throw OnNumbers(call)),
        // a * 2^b, and a / 2^b rounded down
        new("THSTensor_bitwise_left_shift", (graph, call) => graph.Mul(graph.Promoted(call, 0), TwoTo(graph, call))),
        new("THSTensor_bitwise_right_shift", (graph, call) =>
            MathConverters.FloorDivide(graph, graph.Promoted(call, 0), TwoTo(graph, call))),
        new("THSTensor_where", (graph, call) => graph.Apply("Where", [call.Tensor(0), graph.Promoted(call, 1), graph.Promoted(call, 2)])),
        new("THSTensor_masked_fill", (graph, call) => graph.Apply("Where", [call.Tensor(1), graph.Number(call, 2), call.Tensor(0)])),
    ];

    static Converter Bits(string entry, string op) =>
        new(entry, (graph, call) => call.ResultType() == ElementType.Bool ? graph.Apply(op, [call.Tensor(0), call.Tensor(1)])
            : graph.Opset >= 18 ? graph.Apply($"Bitwise{op}", [graph.Promoted(call, 0), graph.Promoted(call, 1)]) : throw OnNumbers(call));

    static Value TwoTo(GraphBuilder graph, NativeCall call) => graph.Cast(
        graph.Apply("Pow", [graph.Integer(2), graph.Cast(call.Tensor(1), ElementType.Int64)]), call.ResultType());

    static Exception OnNumbers(NativeCall call) => call.Refuse($"on numbers it needs opset 18; found {call.ResultType()}");

    // The comparison of two tensors and of a tensor with a scalar.
    static Converter[] Pair(string entry, Func<GraphBuilder, Value, Value, Value> compare) =>
    [
        new(entry, (graph, call) =>
        {
            ElementType type = Wider(call.Tensor(0).Type.Element, call.Tensor(1).Type.Element);
            return compare(graph, graph.Cast(call.Tensor(0), type), graph.Cast(call.Tensor(1), type));
        }),
        new($"{entry}_scalar", (graph, call) =>
        {
            // A fraction compared with an integer tensor must not be cut off; PyTorch wraps whole numbers around to the tensor's type.
            ElementType own = call.Tensor(0).Type.Element;
            ElementType type = call.IsFloatingScalar(1) ? Wider(own, own.IsFloat() ? own : ElementType.Float32)
                : own == ElementType.Bool ? ElementType.Int64 : own;
            return compare(graph, graph.Cast(call.Tensor(0), type), call.IsFixed(1)
                ? graph.Constant(TensorData.Scalar(Wrapped(call.Scalar(1), type), type)) : graph.Number(call, 1, type));
        }),
    ];

    static double Wrapped(double value, ElementType type) => type switch
    {
        ElementType.UInt8 => unchecked((byte)(long)value),
        ElementType.Int8 => unchecked((sbyte)(long)value),
        ElementType.Int32 => unchecked((int)(long)value),
        _ => value,
    };

    /// <summary>The type to which PyTorch promotes two tensors.</summary>
    public static ElementType Wider(ElementType a, ElementType b) => Width(a) >= Width(b) ? a : b;

    // The order of PyTorch's type promotion.
    static int Width(ElementType type) => Array.IndexOf(
        [ElementType.Bool, ElementType.UInt8, ElementType.Int8, ElementType.Int32, ElementType.Int64, ElementType.Float16,
        ElementType.Float32, ElementType.Float64], type);
}
