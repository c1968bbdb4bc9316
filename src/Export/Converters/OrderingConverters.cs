using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Sorting, and running sums and products along an axis.</summary>
static class OrderingConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (input, allocator, k, dim, largest, sorted)
        new("THSTensor_topk", (graph, call) => TopK(graph, call.Tensor(0), call.Vector(call.Quantity(2)), call.Integer(3), call.Flag(4))),
        // (input, dim, descending, stable, out indices)
        new("THSTensor_sort", (graph, call) => Sort(graph, call, call.Integer(1), call.Flag(2))),
        new("THSTensor_argsort", (graph, call) => Sort(graph, call, call.Integer(1), call.Flag(2))[1]),
        new("THSTensor_msort", (graph, call) => Sort(graph, call, 0, descending: false)[0]),
        new("THSTensor_kthvalue", KthValue),
        new("THSTensor_median", Median),
        // (input, dim, has_type, type)
        new("THSTensor_cumsum", (graph, call) => graph.Apply("CumSum", [graph.Promoted(call, 0), graph.Integer(call.Shape(0).Axis(call.Integer(1)))])),
        new("THSTensor_cumprod", (graph, call) => Running(graph, call, "ReduceProd", 1)),
        new("THSTensor_cummax", (graph, call) => [Running(graph, call, "ReduceMax", Lowest(call.ResultType()), 2), null]),
        new("THSTensor_cummin", (graph, call) => [Running(graph, call, "ReduceMin", Highest(call.ResultType()), 2), null]),
        new("THSTensor_logcumsumexp", (graph, call) => Running(graph, call, "ReduceLogSumExp", double.NegativeInfinity)),
    ];

    public static Value[] TopK(GraphBuilder graph, Value x, Value count, long axis, bool largest) =>
        graph.Apply("TopK", [x, count], new Attributes { ["axis"] = axis, ["largest"] = largest ? 1 : 0, ["sorted"] = 1 }, 2);

    static double Lowest(ElementType type) => type switch
    {
        ElementType.Bool or ElementType.UInt8 => 0,
        ElementType.Int8 => sbyte.MinValue,
        ElementType.Int32 => int.MinValue,
        ElementType.Int64 => long.MinValue,
        _ => double.NegativeInfinity,
    };

    static double Highest(ElementType type) => type switch
    {
        ElementType.Bool => 1,
        ElementType.UInt8 => byte.MaxValue,
        ElementType.Int8 => sbyte.MaxValue,
        ElementType.Int32 => int.MaxValue,
        ElementType.Int64 => 1L << 62, // a double holds it
        _ => double.PositiveInfinity,
    };

    static Value[] Sort(GraphBuilder graph, NativeCall call, long axis, bool descending) =>
        TopK(graph, call.Tensor(0), call.Vector(call.Sizes(0)[call.Shape(0).Axis(axis)]), axis, descending);

    // (input, k, dim, keep, out indices): the k smallest, of which the last counts.
    static Value[] KthValue(GraphBuilder graph, NativeCall call)
    {
        (long k, long axis) = (call.Integer(1), call.Integer(2));
        return [.. TopK(graph, call.Tensor(0), graph.Constant(TensorData.Vector(k)), axis, largest: false).Select(sorted => Last(graph, sorted, axis, k, call.Flag(3)))];
    }

    static Value Last(GraphBuilder graph, Value sorted, long axis, long k, bool keep) =>
        keep ? graph.Slice(sorted, axis, k - 1, k) : graph.Squeeze(graph.Slice(sorted, axis, k - 1, k), axis);

    // The lower one of two in the middle.
    static Value Median(GraphBuilder graph, NativeCall call)
    {
        Value flat = graph.Reshape(call.Tensor(0), -1), one = graph.Constant(TensorData.Vector(1)),
            two = graph.Constant(TensorData.Vector(2));
        Value middle = graph.Div(graph.Add(graph.Apply("Shape", [flat]), one), two);
        return graph.Squeeze(graph.Slice(TopK(graph, flat, middle, 0, largest: false)[0], 0, -1, long.MaxValue), 0);
    }

    // [..,L,..] to [..,L,L]: row i keeps the elements 0..i, the others are neutral; then each row is reduced.
    static Value Running(GraphBuilder graph, NativeCall call, string reduction, double neutral, int axisArgument = 1)
    {
        int rank = call.Shape(0).Count, axis = call.Shape(0).Axis(call.Integer(axisArgument));
        long[] toLast = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        (toLast[axis], toLast[rank - 1]) = (rank - 1, axis);
        Value x = graph.Transpose(graph.Promoted(call, 0), toLast);
        Value numbers = graph.Numbers(call, call.Sizes(0)[axis]);
        Value seen = graph.Apply("LessOrEqual", [numbers, graph.Unsqueeze(numbers, 1)]); // [L,L]
        Value kept = graph.Where(seen, graph.Unsqueeze(x, -2), graph.Scalar(neutral, x)); // [..,L,L]
        return graph.Transpose(graph.Reduce(reduction, kept, [-1]), toLast);
    }
}
