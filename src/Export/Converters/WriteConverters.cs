using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>
/// Writes into parts of tensors. Which elements a part has is found by taking the same part of a tensor that holds each element's own
/// position; the new elements are then scattered to these positions.
/// </summary>
static class WriteConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (input, starts*, ends*, steps*, tensors*, count, value, accumulate)
        new("THSTensor_index_put", (graph, call) => Put(graph, call, graph.Cast(call.Tensor(6), call.ResultType()), call.Flag(7))),
        new("THSTensor_index_put_scalar", (graph, call) => Put(graph, call, graph.Number(call, 6), accumulate: false)),
        .. Enumerable.Range(1, 6).Select(axes => new Converter($"THSTensor_set{axes}", (graph, call) => Set(graph, call, axes))),
    ];

    /// <summary>The mapping of a write through a view (see <see cref="Recording.RecordedCall.WriteSuffix"/>).</summary>
    public static Converter Through(Converter view) => new(view.Entry + Recording.RecordedCall.WriteSuffix, (graph, call) =>
    {
        Value part = view.Convert(graph, call.WithFirst(Positions(graph, call)))[call.Integer(call.ArgumentCount - 2)]!;
        return Scatter(graph, call, part, graph.Cast(call.Tensor(call.ArgumentCount - 1), call.ResultType()), "none");
    });

    static Value Put(GraphBuilder graph, NativeCall call, Value value, bool accumulate)
    {
        Value part = IndexExpressionConverter.Index(graph, call.WithFirst(Positions(graph, call)));
        return Scatter(graph, call, part, graph.Apply("Expand", [value, graph.Apply("Shape", [part])]), accumulate ? "add" : "none");
    }

    static Value Set(GraphBuilder graph, NativeCall call, int axes)
    {
        Value part = Enumerable.Range(1, axes).Aggregate(Positions(graph, call), (x, argument) =>
            graph.Apply("Gather", [x, graph.Constant(TensorData.Of([call.Integer(argument)]))], new Attributes { ["axis"] = 0 }));
        return Scatter(graph, call, part, graph.Number(call, axes + 1), "none");
    }

    // 0, 1, 2, .. in the shape of the call's first tensor.
    static Value Positions(GraphBuilder graph, NativeCall call)
    {
        if (call.Shape(0).IsFixed)
        {
            long[] sizes = call.Shape(0).Sizes;
            return graph.Constant(TensorData.Of([.. Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b)).Select(i => (long)i)], sizes));
        }
        Value shape = graph.Apply("Shape", [call.Tensor(0)]);
        Value zero = graph.Constant(TensorData.Scalar(0, ElementType.Int64)), one = graph.Constant(TensorData.Scalar(1, ElementType.Int64));
        Value count = graph.Apply("Size", [call.Tensor(0)]);
        return graph.Refine(graph.Apply("Reshape", [graph.Apply("Range", [zero, count, one]), shape]), call.Shape(0));
    }

    static Value Scatter(GraphBuilder graph, NativeCall call, Value part, Value value, string reduction)
    {
        if (reduction != "none" && graph.Opset < 16)
        {
            throw call.Refuse($"adding to indexed elements needs opset 16 or higher, found {graph.Opset}");
        }
        var attributes = new Attributes { ["axis"] = 0 };
        if (reduction != "none")
        {
            attributes["reduction"] = reduction;
        }
        Value written = graph.Apply("ScatterElements", [graph.Reshape(call.Tensor(0), -1), graph.Reshape(part, -1), graph.Reshape(value, -1)], attributes);
        return graph.Apply("Reshape", [written, graph.Apply("Shape", [call.Tensor(0)])]);
    }
}
