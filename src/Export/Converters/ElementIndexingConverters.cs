using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Elements read and written by tensors of indices.</summary>
static class ElementIndexingConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_gather", (graph, call) => call.Shape(0).Count == 0
            ? graph.Apply("Gather", [graph.Reshape(call.Tensor(0), -1), call.Tensor(2)], new Attributes { ["axis"] = 0 })
            : GatherElements(graph, call.Tensor(0), call.Tensor(2), call.Integer(1))),
        new("THSTensor_take_along_dim", (graph, call) => call.Shape(0).Count == call.Shape(1).Count
            ? GatherElements(graph, call.Tensor(0), graph.Apply("Expand", [call.Tensor(1), call.Vector(call.ResultSizes())]),
            call.Integer(2))
            : throw call.Refuse($"input and indices must have the same number of axes, found {call.Shape(0)} and {call.Shape(1)}")),
        new("THSTensor_take_along_dim_dflt", (graph, call) =>
            GatherElements(graph, graph.Reshape(call.Tensor(0), -1), graph.Reshape(call.Tensor(1), -1), 0)),
        new("THSTensor_take", (graph, call) =>
            graph.Apply("Gather", [graph.Reshape(call.Tensor(0), -1), call.Tensor(1)], new Attributes { ["axis"] = 0 })),
        // (input, dim, index, source)
        new("THSTensor_scatter", (graph, call) => Scatter(graph, call, "none")),
        new("THSTensor_scatter_add", (graph, call) => Scatter(graph, call, "add")),
        new("THSTensor_index_copy", (graph, call) => ScatterRows(graph, call, call.Tensor(3), "none")),
        new("THSTensor_index_add", (graph, call) => ScatterRows(graph, call, graph.Scale(call.Tensor(3), call.Scalar(4)), "add")),
        new("THSTensor_index_fill", (graph, call) => Filled(graph, call)),
        // (input, source, dim, index)
        new("THSTensor_select_scatter", SelectScatter),
        new("THSTensor_masked_scatter", MaskedScatter),
    ];

    static Value GatherElements(GraphBuilder graph, Value x, Value indices, long axis) =>
        graph.Apply("GatherElements", [x, indices], new Attributes { ["axis"] = axis });

    // A scalar has one place.
    static Value Scatter(GraphBuilder graph, NativeCall call, string reduction) => call.Shape(0).Count == 0
        ? graph.Reshape(reduction == "none" ? call.Tensor(3) : graph.Add(call.Tensor(0), call.Tensor(3)), [])
        : ScatterElements(graph, call, call.Tensor(0), call.Tensor(2), SourceLike(graph, call), call.Integer(1), reduction);

    // The source may be larger than the indices; what lies outside of them is not used.
    static Value SourceLike(GraphBuilder graph, NativeCall call)
    {
        Value source = call.Tensor(3);
        return call.Shape(3).Equals(call.Shape(2)) ? source : graph.Apply("Slice",
            [source, graph.Constant(TensorData.Vector(new long[call.Shape(2).Count])), call.Vector(call.Sizes(2)),
                graph.Constant(TensorData.Vector([.. Enumerable.Range(0, call.Shape(2).Count).Select(i => (long)i)]))]);
    }

    /// <summary>ScatterElements; adding needs opset 16.</summary>
    public static Value ScatterElements(GraphBuilder graph, NativeCall call, Value x, Value indices, Value source, long axis,
        string reduction)
    {
        if (reduction == "none")
        {
            return graph.Apply("ScatterElements", [x, indices, source], new Attributes { ["axis"] = axis });
        }
        return graph.Opset >= 16
            ? graph.Apply("ScatterElements", [x, indices, source], new Attributes { ["axis"] = axis, ["reduction"] = reduction })
            : throw call.Refuse($"adding to indexed elements needs opset 16, the model has {graph.Opset}");
    }

    // Indices [K] along an axis, in the shape of the source: every element of row k goes to row index[k].
    static Value ScatterRows(GraphBuilder graph, NativeCall call, Value source, string reduction)
    {
        int axis = call.Shape(0).Axis(call.Integer(1));
        Value rows = graph.Reshape(call.Tensor(2), [.. Enumerable.Range(0, call.Shape(0).Count).Select(i => i == axis ? -1L : 1)]);
        return ScatterElements(graph, call, call.Tensor(0), graph.Apply("Expand", [rows, graph.Apply("Shape", [source])]), source, axis,
            reduction);
    }

    // (input, dim, index, value)
    static Value Filled(GraphBuilder graph, NativeCall call)
    {
        int axis = call.Shape(0).Axis(call.Integer(1));
        Value rows = graph.Reshape(call.Tensor(2), [.. Enumerable.Range(0, call.Shape(0).Count).Select(i => i == axis ? -1L : 1)]);
        Quantity[] sizes =
            [.. call.Sizes(0).Select((size, i) => i == axis ? call.Sizes(2).DefaultIfEmpty(size.Select(_ => 1)).First() : size)];
        Value shape = call.Vector(sizes);
        return graph.Apply("ScatterElements",
            [call.Tensor(0), graph.Apply("Expand", [rows, shape]), graph.Apply("Expand", [graph.Number(call, 3), shape])],
            new Attributes { ["axis"] = axis });
    }

    static Value SelectScatter(GraphBuilder graph, NativeCall call)
    {
        long axis = call.Shape(0).Axis(call.Integer(2));
        Value source = graph.Unsqueeze(call.Tensor(1), axis);
        Value rows = graph.Constant(TensorData.Of([call.Integer(3)], [.. call.Shape(0).Select(_ => 1L)]));
        return graph.Apply("ScatterElements", [call.Tensor(0), graph.Apply("Expand", [rows, graph.Apply("Shape", [source])]), source],
            new Attributes { ["axis"] = axis });
    }

    // Marked elements take the source's elements in order: the n-th marked one takes element n.
    static Value MaskedScatter(GraphBuilder graph, NativeCall call)
    {
        Value mask = graph.Apply("Expand", [call.Tensor(1), call.Vector(call.Sizes(0))]);
        Value flat = graph.Reshape(graph.Cast(mask, ElementType.Int64), -1);
        Value order = graph.Sub(graph.Apply("CumSum", [flat, graph.Integer(0)]), flat);
        // Behind the last marked element the count may pass the end; what it picks there is not used.
        Value last = graph.Sub(graph.Apply("Size", [call.Tensor(2)]), graph.Integer(1));
        Value picked = graph.Apply("Gather", [graph.Reshape(call.Tensor(2), -1), graph.Apply("Min", [order, last])],
            new Attributes { ["axis"] = 0 });
        return graph.Where(mask, graph.Apply("Reshape", [picked, call.Vector(call.Sizes(0))]), call.Tensor(0));
    }
}
