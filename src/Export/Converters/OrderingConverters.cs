using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Sorting, and running sums and products along an axis.</summary>
static class OrderingConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (input, allocator, k, dim, largest, sorted)
        new("THSTensor_topk", (graph, call) =>
            NanGuard.TopK(graph, call, call.Tensor(0), call.Vector(call.Quantity(2)), call.Integer(3), call.Flag(4))),
        // (input, dim, descending, stable, out indices)
        new("THSTensor_sort", (graph, call) => Sort(graph, call, call.Integer(1), call.Flag(2))),
        new("THSTensor_argsort", (graph, call) => Sort(graph, call, call.Integer(1), call.Flag(2))[1]),
        new("THSTensor_msort", (graph, call) => Sort(graph, call, 0, descending: false)[0]),
        new("THSTensor_kthvalue", KthValue),
        new("THSTensor_median", Median),
        // (input, dim, has_type, type)
        new("THSTensor_cumsum", (graph, call) =>
            graph.Apply("CumSum", [graph.Promoted(call, 0), graph.Integer(call.Shape(0).Axis(call.Integer(1)))])),
        new("THSTensor_cumprod", (graph, call) => Running(graph, call, "ReduceProd", 1)),
        // (input, allocator, dim): values and indices
        new("THSTensor_cummax", (graph, call) => Extremes(graph, call, "ReduceMax", Lowest(call.ResultType()))),
        new("THSTensor_cummin", (graph, call) => Extremes(graph, call, "ReduceMin", Highest(call.ResultType()))),
        new("THSTensor_logcumsumexp", (graph, call) => Running(graph, call, "ReduceLogSumExp", double.NegativeInfinity)),
    ];

    /// <summary>The largest or smallest elements along an axis in order, and their places.</summary>
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

    /// <summary>The highest value of a type.</summary>
    public static double Highest(ElementType type) => type switch
    {
        ElementType.Bool => 1,
        ElementType.UInt8 => byte.MaxValue,
        ElementType.Int8 => sbyte.MaxValue,
        ElementType.Int32 => int.MaxValue,
        ElementType.Int64 => 1L << 62, // a double holds it
        _ => double.PositiveInfinity,
    };

    static Value[] Sort(GraphBuilder graph, NativeCall call, long axis, bool descending) =>
        NanGuard.TopK(graph, call, call.Tensor(0), call.Vector(call.Sizes(0)[call.Shape(0).Axis(axis)]), axis, descending);

    // (input, k, dim, keep, out indices): the k smallest, of which the last counts.
    static Value[] KthValue(GraphBuilder graph, NativeCall call)
    {
        (long k, long axis) = (call.Integer(1), call.Integer(2));
        return [.. NanGuard.TopK(graph, call, call.Tensor(0), graph.Constant(TensorData.Vector(k)), axis, largest: false)
            .Select(sorted => Last(graph, sorted, axis, k, call.Flag(3)))];
    }

    static Value Last(GraphBuilder graph, Value sorted, long axis, long k, bool keep) =>
        keep ? graph.Slice(sorted, axis, k - 1, k) : graph.Squeeze(graph.Slice(sorted, axis, k - 1, k), axis);

    /// <summary>The median of all elements: of two in the middle the lower one.</summary>
    public static Value Median(GraphBuilder graph, NativeCall call)
    {
        Value flat = graph.Reshape(call.Tensor(0), -1), one = graph.Constant(TensorData.Vector(1)),
            two = graph.Constant(TensorData.Vector(2));
        Value middle = graph.Div(graph.Add(graph.Apply("Shape", [flat]), one), two);
        Value found = graph.Squeeze(graph.Slice(TopK(graph, flat, middle, 0, largest: false)[0], 0, -1, long.MaxValue), 0);
        return NanGuard.Any(graph, call, flat, [0], keep: false, found);
    }

    // [..,L,..] to [..,L,L]: row i keeps the elements 0..i, the others are neutral; then each row is reduced.
    static Value Running(GraphBuilder graph, NativeCall call, string reduction, double neutral)
    {
        long[] toLast = ToLast(call, 1);
        (Value x, Value seen) = Rows(graph, call, 1, toLast);
        return graph.Transpose(graph.Reduce(reduction, graph.Where(seen, x, graph.Scalar(neutral, x)), [-1]), toLast);
    }

    // Of equal elements the last one counts, and of NaN.
    static Value[] Extremes(GraphBuilder graph, NativeCall call, string reduction, double neutral)
    {
        if (call.Shape(0).Count == 0)
        {
            return [call.Tensor(0), graph.Integer(0)];
        }
        long[] toLast = ToLast(call, 2);
        (Value x, Value seen) = Rows(graph, call, 2, toLast);
        Value best = graph.Reduce(reduction, graph.Where(seen, x, graph.Scalar(neutral, x)), [-1]);
        Value isBest = graph.Apply("And", [seen, graph.Apply("Equal", [x, graph.Unsqueeze(best, -1)])]);
        if (call.MustKeepNaN(graph, x))
        {
            Value isNan = graph.Apply("And", [seen, graph.Unary("IsNaN", x)]), isLost = NanGuard.HasAny(graph, isNan, [-1], keep: true);
            isBest = graph.Apply("Or", [isNan, graph.Apply("And", [isBest, graph.Unary("Not", isLost)])]);
            best = NanGuard.Lost(graph, graph.Squeeze(isLost, -1), best);
        }
        Value numbers = graph.Numbers(call, call.Sizes(0)[call.Shape(0).Axis(call.Integer(2))]);
        Value places = graph.Reduce("ReduceMax", graph.Where(isBest, numbers, graph.Integer(0)), [-1]);
        return [graph.Transpose(best, toLast), graph.Transpose(places, toLast)];
    }

    static long[] ToLast(NativeCall call, int axisArgument)
    {
        int rank = call.Shape(0).Count, axis = call.Shape(0).Axis(call.Integer(axisArgument));
        long[] toLast = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        (toLast[axis], toLast[rank - 1]) = (rank - 1, axis);
        return toLast;
    }

    // The tensor as [..,1,L], and [L,L] with the elements that each row has seen.
    static (Value X, Value Seen) Rows(GraphBuilder graph, NativeCall call, int axisArgument, long[] toLast)
    {
        Value x = graph.Transpose(graph.Promoted(call, 0), toLast);
        Value numbers = graph.Numbers(call, call.Sizes(0)[call.Shape(0).Axis(call.Integer(axisArgument))]);
        return (graph.Unsqueeze(x, -2), graph.Apply("LessOrEqual", [numbers, graph.Unsqueeze(numbers, 1)]));
    }
}
