using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Writes into parts of tensors. Which elements a part has is found by taking the same part of a tensor that holds each element's own
/// position; the new elements are then scattered to these positions.
/// </summary>
static class WriteConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_copy", (graph, call) =>
            graph.Apply("Expand", [graph.Cast(call.Tensor(1), call.ResultType()), call.Vector(call.ResultSizes())])),
        new("THSTensor_fill", (graph, call) => graph.Apply("Expand", [graph.Number(call, 1), call.Vector(call.ResultSizes())])),
        // (input, starts*, ends*, steps*, tensors*, count, value, accumulate)
        new("THSTensor_index_put", (graph, call) => Put(graph, call, graph.Cast(call.Tensor(6), call.ResultType()), call.Flag(7))),
        new("THSTensor_index_put_scalar", (graph, call) => Put(graph, call, graph.Number(call, 6), accumulate: false)),
        .. Enumerable.Range(1, 6).Select(axes => new Converter($"THSTensor_set{axes}", (graph, call) => Set(graph, call, axes))),
    ];

    /// <summary>The mapping of a write through a view (see <see cref="Recording.RecordedCall.WriteSuffix"/>).</summary>
    public static Converter Through(Converter view) => new(view.Entry + Recording.RecordedCall.WriteSuffix, (graph, call) =>
    {
        Value part = view.Convert(graph, call.Other(1).WithFirst(Positions(graph, call)))[call.Integer(2)]!;
        return Scatter(graph, call, part, graph.Cast(call.Tensor(3), call.ResultType()), "none");
    });

    static Value Put(GraphBuilder graph, NativeCall call, Value value, bool accumulate)
    {
        // One value under a mask over the first axes needs no places.
        if (!accumulate && IndexExpressionConverter.Mask(call) is Value mask && value.Shape.IsFixed
            && value.Shape.Sizes.All(size => size == 1))
        {
            return graph.Where(Aligned(graph, mask, call.Shape(0).Count), graph.Reshape(value, 1), call.Tensor(0));
        }
        Value part = IndexExpressionConverter.Index(graph, call.WithFirst(Positions(graph, call)));
        return Scatter(graph, call, part, graph.Apply("Expand", [value, graph.Apply("Shape", [part])]), accumulate ? "add" : "none");
    }

    // A mask over the first axes gets the missing last ones.
    static Value Aligned(GraphBuilder graph, Value mask, int rank) =>
        mask.Shape.Count == rank ? mask
        : graph.Unsqueeze(mask, [.. Enumerable.Range(mask.Shape.Count, rank - mask.Shape.Count).Select(axis => (long)axis)]);

    static Value Set(GraphBuilder graph, NativeCall call, int axes)
    {
        Value part = Enumerable.Range(1, axes).Aggregate(Positions(graph, call), (x, argument) =>
            graph.Apply("Gather", [x, graph.Integer(call.Integer(argument))], new Attributes { ["axis"] = 0 }));
        return Scatter(graph, call, part, graph.Reshape(graph.Cast(call.Tensor(axes + 1), call.ResultType()), -1), "none");
    }

    // 0, 1, 2, .. in the shape of the call's first tensor.
    static Value Positions(GraphBuilder graph, NativeCall call)
    {
        if (call.Shape(0).IsFixed)
        {
            long[] sizes = call.Shape(0).Sizes;
            return graph.Constant(TensorData.Of([.. Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b)).Select(i => (long)i)],
                sizes));
        }
        Value shape = graph.Apply("Shape", [call.Tensor(0)]);
        Value zero = graph.Integer(0), one = graph.Integer(1);
        Value count = graph.Apply("Size", [call.Tensor(0)]);
        return graph.Refine(graph.Apply("Reshape", [graph.Apply("Range", [zero, count, one]), shape]), call.Shape(0));
    }

    static Value Scatter(GraphBuilder graph, NativeCall call, Value part, Value value, string reduction)
    {
        Value written = ElementIndexingConverters.ScatterElements(graph, call, graph.Reshape(call.Tensor(0), -1), graph.Reshape(part, -1),
            graph.Reshape(value, -1), 0, reduction);
        return graph.Apply("Reshape", [written, graph.Apply("Shape", [call.Tensor(0)])]);
    }
}
