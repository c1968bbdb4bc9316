using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Quantiles, the most frequent value, histograms, and places in sorted rows.</summary>
static class QuantileConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (input, q, dim, keep)
        new("THSTensor_quantile", (graph, call) => Quantile(graph, call, skipsNan: false)),
        new("THSTensor_nanquantile", (graph, call) => Quantile(graph, call, skipsNan: true)),
        new("THSTensor_nanmedian", NanMedian),
        // (input, allocator, dim, keep): which of several equal ones PyTorch names depends on its sorting
        new("THSTensor_mode", (graph, call) => [Mode(graph, call), null]),
        // (input, bins, lowest, highest)
        new("THSTensor_histc", Histogram),
        // (input, boundaries, as int32, right), (sorted, values, as int32, right, order)
        new("THSTensor_bucketize", (graph, call) => Places(graph, call, call.Tensor(1), call.Tensor(0))),
        new("THSTensor_searchsorted_t", (graph, call) => Places(graph, call, Sorted(graph, call), call.Tensor(1))),
        new("THSTensor_searchsorted_s", (graph, call) => Places(graph, call, Sorted(graph, call),
            graph.Constant(TensorData.Scalar(call.Scalar(1), call.Tensor(0).Type.Element)))),
        // (elements, test elements, whether they are unique, inverted)
        new("THSTensor_isin", IsIn),
    ];

    // Between the elements floor(r) and ceil(r) of the sorted row, r = q (n - 1) of its n numbers; a row with NaN gives NaN unless they are
    // skipped.
    static Value Quantile(GraphBuilder graph, NativeCall call, bool skipsNan)
    {
        int rank = call.Shape(0).Count, axis = rank == 0 ? 0 : call.Shape(0).Axis(call.Integer(2));
        bool isVector = call.Shape(1).Count == 1;
        int[] rest = [.. Enumerable.Range(0, rank).Where(i => i != axis)];
        Value x = rank == 0 ? graph.Reshape(call.Tensor(0), 1)
            : graph.Transpose(call.Tensor(0), [.. rest.Append(axis).Select(i => (long)i)]);
        Value q = graph.Reshape(call.Tensor(1), -1), isNan = graph.Unary("IsNaN", x); // [..,n], [Q]
        Value count = graph.Reduce("ReduceSum", graph.Cast(graph.Unary("Not", isNan), q.Type.Element), [-1], keep: true); // [..,1]
        Value size = rank == 0 ? graph.Constant(TensorData.Vector(1)) : call.Vector(call.Sizes(0)[axis]);
        Value sorted = OrderingConverters.TopK(graph, graph.Where(isNan, graph.Scalar(double.PositiveInfinity, x), x), size, -1, false)[0];
        Value place = graph.Mul(q, graph.Clip(graph.Shift(count, -1), 0, null)), low = graph.Unary("Floor", place); // [..,Q]
        Value below = At(low), gap = graph.Sub(At(graph.Unary("Ceil", place)), below), weight = graph.Sub(place, low);
        Value between = graph.Where(graph.Apply("Equal", [weight, graph.Scalar(0, weight)]), below,
            graph.Add(below, graph.Mul(gap, weight)));
        Value isLost = skipsNan ? graph.Apply("Equal", [count, graph.Scalar(0, count)])
            : graph.Apply("Less", [count, graph.Cast(size, count.Type.Element)]);
        Value result = graph.Where(isLost, graph.Scalar(double.NaN, between), between);
        int width = rank == 0 ? 0 : rank - 1;
        result = isVector ? graph.Transpose(result, [width, .. Enumerable.Range(0, width).Select(i => (long)i)])
            : graph.Squeeze(result, -1);
        return rank > 0 && call.Flag(3) ? graph.Unsqueeze(result, axis + (isVector ? 1 : 0)) : result;

        Value At(Value index) =>
            graph.Apply("GatherElements", [sorted, graph.Cast(index, ElementType.Int64)], new Attributes { ["axis"] = -1 });
    }

    // The lower one of two in the middle of those that are numbers.
    static Value NanMedian(GraphBuilder graph, NativeCall call)
    {
        Value flat = graph.Reshape(call.Tensor(0), -1);
        if (!flat.Type.Element.IsFloat())
        {
            return OrderingConverters.Median(graph, call);
        }
        Value isNan = graph.Unary("IsNaN", flat), one = graph.Constant(TensorData.Vector(1)), two = graph.Constant(TensorData.Vector(2));
        Value count = graph.Reduce("ReduceSum", graph.Cast(graph.Unary("Not", isNan), ElementType.Int64), [0], keep: true);
        Value order = graph.Where(isNan, graph.Scalar(double.PositiveInfinity, flat), flat);
        Value sorted = OrderingConverters.TopK(graph, order, graph.Apply("Shape", [flat]), 0, largest: false)[0];
        Value middle = graph.Apply("Max", [graph.Div(graph.Sub(count, one), two), graph.Constant(TensorData.Vector(0))]);
        Value found = graph.Squeeze(graph.Apply("Gather", [sorted, middle], new Attributes { ["axis"] = 0 }), 0);
        Value none = graph.Squeeze(graph.Apply("Less", [count, one]), 0);
        return graph.Where(none, graph.Scalar(double.NaN, found), found);
    }

    // The smallest of the values that occur most often.
    static Value Mode(GraphBuilder graph, NativeCall call)
    {
        int rank = call.Shape(0).Count, axis = rank == 0 ? 0 : call.Shape(0).Axis(call.Integer(2));
        Value x = call.Tensor(0);
        call.MayDropNaN(graph, x);
        Value equal = graph.Apply("Equal", [graph.Unsqueeze(x, axis), graph.Unsqueeze(x, axis + 1)]); // [..,L,L,..]
        Value counts = graph.Reduce("ReduceSum", graph.Cast(equal, ElementType.Int64), [axis + 1]);
        Value isMost = graph.Apply("Equal", [counts, graph.Reduce("ReduceMax", counts, [axis], keep: true)]);
        Value candidates = graph.Where(isMost, x, graph.Scalar(OrderingConverters.Highest(x.Type.Element), x));
        return graph.Reduce("ReduceMin", candidates, [axis], call.Flag(3));
    }

    // floor((x - lowest) * bins / (highest - lowest)), the highest value in the last bin; without a range that of the values.
    static Value Histogram(GraphBuilder graph, NativeCall call)
    {
        Value flat = graph.Reshape(call.Tensor(0), -1, 1); // [n,1]
        double bins = call.Integer(1), given = call.Integer(3) - call.Integer(2);
        Value low = graph.Scalar(call.Integer(2), flat), high = graph.Scalar(call.Integer(3), flat);
        if (given == 0)
        {
            (Value least, Value most) = (graph.Reduce("ReduceMin", flat, [0, 1]), graph.Reduce("ReduceMax", flat, [0, 1]));
            Value isPoint = graph.Apply("Equal", [least, most]);
            (low, high) = (graph.Where(isPoint, graph.Shift(least, -1), least), graph.Where(isPoint, graph.Shift(most, 1), most));
        }
        Value isInside = graph.Apply("And", [graph.Apply("GreaterOrEqual", [flat, low]), graph.Apply("LessOrEqual", [flat, high])]);
        Value bin = graph.Unary("Floor", graph.Div(graph.Scale(graph.Sub(flat, low), bins), graph.Sub(high, low)));
        Value capped = graph.Apply("Min", [bin, graph.Scalar(bins - 1, bin)]);
        Value numbers = graph.Cast(graph.Numbers(call, new Quantity(call.Integer(1))), bin.Type.Element);
        Value hits = graph.Apply("And", [isInside, graph.Apply("Equal", [capped, numbers])]); // [n,bins]
        return graph.Reduce("ReduceSum", graph.Cast(hits, call.ResultType()), [0]);
    }

    static Value Sorted(GraphBuilder graph, NativeCall call) => call.OptionalTensor(4) is not Value order ? call.Tensor(0)
        : graph.Apply("GatherElements", [call.Tensor(0), order], new Attributes { ["axis"] = -1 });

    // How many elements of a sorted row lie below. NaN lies above all: an element counts unless it is known not to lie below.
    static Value Places(GraphBuilder graph, NativeCall call, Value sorted, Value values)
    {
        ElementType type = ComparisonConverters.Wider(values.Type.Element, sorted.Type.Element);
        Value x = graph.Unsqueeze(graph.Cast(values, type), -1), row = graph.Cast(sorted, type);
        row = row.Shape.Count > 1 ? graph.Unsqueeze(row, -2) : row; // [..,1,L] beside [..,M,1]
        Value isPast = graph.Unary("Not", graph.Apply(call.Flag(3) ? "Greater" : "GreaterOrEqual", [row, x]));
        return graph.Reduce("ReduceSum", graph.Cast(isPast, call.ResultType()), [-1]);
    }

    static Value IsIn(GraphBuilder graph, NativeCall call)
    {
        ElementType type = ComparisonConverters.Wider(call.Tensor(0).Type.Element, call.Tensor(1).Type.Element);
        Value x = graph.Unsqueeze(graph.Cast(call.Tensor(0), type), -1), tested = graph.Reshape(graph.Cast(call.Tensor(1), type), -1);
        Value hits = graph.Reduce("ReduceSum", graph.Cast(graph.Apply("Equal", [x, tested]), ElementType.Int64), [-1]);
        Value isFound = graph.Cast(hits, ElementType.Bool);
        return call.Flag(3) ? graph.Unary("Not", isFound) : isFound;
    }
}
