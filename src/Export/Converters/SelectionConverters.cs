using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Operators whose results are as long as the values ask for: a free axis of the graph.</summary>
static class SelectionConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (input, mask)
        new("THSTensor_masked_select", Masked),
        new("THSTensor_nonzero", NonZero), new("THSTensor_argwhere", NonZero),
        // (condition, allocator): a vector of places for each axis
        new("THSTensor_where_list", (graph, call) => Places(graph, call.Tensor(0))),
        // (input, sorted, inverse, counts, ..), (input, axis, sorted, inverse, counts, ..), (input, inverse, counts, ..)
        new("THSTensor_unique", (graph, call) => Unique(graph, call, null, call.Flag(2), call.Flag(3))),
        new("THSTensor_unique_dim", (graph, call) => Unique(graph, call, call.Shape(0).Axis(call.Integer(1)), call.Flag(3), call.Flag(4))),
        new("THSTensor_unique_consecutive", Runs),
        // (input, repeats, axis or the lowest number, size)
        new("THSTensor_repeat_interleave", Repeated),
        // (input, weights, least length)
        new("THSTensor_bincount", Counted),
    ];

    /// <summary>The places [K] along each axis of what is not 0, row by row.</summary>
    public static Value[] Places(GraphBuilder graph, Value x)
    {
        Value places = graph.Unary("NonZero", graph.Cast(x, ElementType.Bool)); // [rank,K]
        return [.. Enumerable.Range(0, x.Shape.Count)
            .Select(axis => graph.Apply("Gather", [places, graph.Integer(axis)], new Attributes { ["axis"] = 0 }))];
    }

    static Value Masked(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0), mask = call.Tensor(1);
        if (!call.Shape(0).Equals(call.Shape(1)))
        {
            Value shape = graph.Apply("Shape", [graph.Apply("Or", [graph.Apply("Equal", [x, x]), mask])]); // both broadcast
            (x, mask) = (graph.Apply("Expand", [x, shape]), graph.Apply("Expand", [mask, shape]));
        }
        return graph.Apply("Compress", [graph.Reshape(x, -1), graph.Reshape(mask, -1)], new Attributes { ["axis"] = 0 });
    }

    static Value NonZero(GraphBuilder graph, NativeCall call) => call.Shape(0).Count > 0
        ? graph.Transpose(graph.Unary("NonZero", graph.Cast(call.Tensor(0), ElementType.Bool)), 1, 0)
        : throw call.Refuse("of a number without axes the result has no columns, which runtimes do not agree on");

    static Value[] Unique(GraphBuilder graph, NativeCall call, int? axis, bool inverse, bool counts)
    {
        Attributes attributes = axis is int along ? new() { ["axis"] = along, ["sorted"] = 1 } : new() { ["sorted"] = 1 };
        Value[] found = graph.Apply("Unique", [call.Tensor(0)], attributes, 4);
        return Given(found[0], axis is null ? graph.Apply("Reshape", [found[2], call.Vector(call.Sizes(0))]) : found[2], found[3], inverse,
            counts);
    }

    static Value[] Given(Value values, Value places, Value numbers, bool inverse, bool counts) =>
        [values, .. inverse ? [places] : Array.Empty<Value>(), .. counts ? [numbers] : Array.Empty<Value>()];

    // The first of each run of equal elements.
    static Value[] Runs(GraphBuilder graph, NativeCall call)
    {
        Value flat = graph.Reshape(call.Tensor(0), -1), one = graph.Constant(TensorData.Vector(1));
        Value differs = graph.Unary("Not", graph.Apply("Equal", [graph.Slice(flat, 0, 1, long.MaxValue), graph.Slice(flat, 0, 0, -1)]));
        Value isFirst = Joined(graph.Constant(TensorData.FromDoubles([1], [1], ElementType.Bool)), differs);
        Value values = graph.Apply("Compress", [flat, isFirst], new Attributes { ["axis"] = 0 });
        Value order = graph.Sub(graph.Apply("CumSum", [graph.Cast(isFirst, ElementType.Int64), graph.Integer(0)]), one);
        Value starts = Places(graph, isFirst)[0], ends = Joined(graph.Slice(starts, 0, 1, long.MaxValue), graph.Apply("Shape", [flat]));
        return Given(values, graph.Apply("Reshape", [order, call.Vector(call.Sizes(0))]), graph.Sub(ends, starts), call.Flag(1),
            call.Flag(2));

        Value Joined(Value a, Value b) => graph.Apply("Concat", [a, b], new Attributes { ["axis"] = 0 });
    }

    // Place j takes the element before which as many repeats have ended as lie at or below j.
    static Value Repeated(GraphBuilder graph, NativeCall call)
    {
        bool isFlat = call.Integer(2) == long.MinValue;
        Value x = isFlat ? graph.Reshape(call.Tensor(0), -1) : call.Tensor(0);
        int axis = isFlat ? 0 : call.Shape(0).Axis(call.Integer(2));
        Value size = graph.Apply("Gather", [graph.Apply("Shape", [x]), graph.Constant(TensorData.Vector(axis))],
            new Attributes { ["axis"] = 0 });
        Value repeats = graph.Apply("Expand", [graph.Cast(call.Tensor(1), ElementType.Int64), size]);
        Value ends = graph.Apply("CumSum", [repeats, graph.Integer(0)]), count = graph.Reduce("ReduceSum", repeats, [0]);
        Value numbers = graph.Unsqueeze(graph.Apply("Range", [graph.Integer(0), count, graph.Integer(1)]), 1); // [K,1]
        Value hasEnded = graph.Cast(graph.Apply("LessOrEqual", [ends, numbers]), ElementType.Int64);
        return graph.Apply("Gather", [x, graph.Reduce("ReduceSum", hasEnded, [1])], new Attributes { ["axis"] = axis });
    }

    // How often, or with which sum of weights, each of 0, 1, .., largest occurs.
    static Value Counted(GraphBuilder graph, NativeCall call)
    {
        Value x = graph.Cast(call.Tensor(0), ElementType.Int64), one = graph.Integer(1);
        Value length = graph.Apply("Max", [graph.Add(graph.Reduce("ReduceMax", x, [0]), one), graph.Integer(call.Integer(2))]);
        Value numbers = graph.Unsqueeze(graph.Apply("Range", [graph.Integer(0), length, one]), 1); // [K,1]
        Value hits = graph.Cast(graph.Apply("Equal", [x, numbers]), call.ResultType());
        return graph.Reduce("ReduceSum", call.IsGiven(1) ? graph.Mul(hits, graph.Promoted(call, 1)) : hits, [1]);
    }
}
