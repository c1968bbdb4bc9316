using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Operators that join tensors or take parts of them.</summary>
static class IndexingConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_cat", (graph, call) => graph.Apply("Concat", Promoted(graph, call), new Attributes { ["axis"] = Axis(call, call.Integer(2)) })),
        new("THSTensor_stack", Stack),
        new("THSTensor_select", (graph, call) => graph.Apply("Gather", [call.Tensor(0), graph.Constant(TensorData.Of([call.Integer(2)]))], new Attributes { ["axis"] = call.Integer(1) })),
        // (input, dim, start, length)
        new("THSTensor_narrow", (graph, call) => graph.Slice(call.Tensor(0), call.Integer(1), call.Integer(2), call.Integer(2) + call.Integer(3))),
        // (input, dim, start, end, step)
        new("THSTensor_slice", (graph, call) => graph.Slice(call.Tensor(0), call.Integer(1), call.Integer(2), call.Integer(3), call.Integer(4))),
        // (input, allocator, parts or size, dim): the pieces as traced
        new("THSTensor_chunk", (graph, call) => Pieces(graph, call, call.Integer(3))),
        new("THSTensor_split_with_size", (graph, call) => Pieces(graph, call, call.Integer(3))),
        new("THSTensor_split_with_sizes", (graph, call) => Pieces(graph, call, call.Integer(4))),
        new("THSTensor_unbind", Unbind),
        new("THSTensor_flip", Flip),
        new("THSTensor_index_select", (graph, call) => graph.Apply("Gather", [call.Tensor(0), call.Tensor(2)], new Attributes { ["axis"] = call.Integer(1) })),
    ];

    static Value[] Promoted(GraphBuilder graph, NativeCall call) => [.. call.Tensors(0).Select(tensor => graph.Cast(tensor, call.ResultType()))];

    static long Axis(NativeCall call, long axis) => call.ResultShape().Axis(axis);

    static Value Stack(GraphBuilder graph, NativeCall call)
    {
        long axis = Axis(call, call.Integer(2));
        return graph.Apply("Concat", [.. Promoted(graph, call).Select(tensor => graph.Unsqueeze(tensor, axis))], new Attributes { ["axis"] = axis });
    }

    static Value[] Unbind(GraphBuilder graph, NativeCall call)
    {
        long axis = call.Integer(2);
        _ = call.Shape(0)[call.Shape(0).Axis(axis)].Size ?? throw call.Refuse($"{call.Shape(0)} cannot be split along an axis that depends on the batch");
        return [.. Enumerable.Range(0, call.ResultCount).Select(i => graph.Apply("Gather", [call.Tensor(0), graph.Constant(TensorData.Of([(long)i]))], new Attributes { ["axis"] = axis }))];
    }

    // Backwards from the last element to past the first.
    static Value Flip(GraphBuilder graph, NativeCall call) =>
        call.Integers(1).Aggregate(call.Tensor(0), (x, axis) => graph.Slice(x, axis, -1, long.MinValue, -1));

    static Value[] Pieces(GraphBuilder graph, NativeCall call, long axis)
    {
        int along = call.Shape(0).Axis(axis);
        var pieces = new Value[call.ResultCount];
        long start = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            long size = call.ResultShape(i)[along].Size ?? throw call.Refuse($"{call.Shape(0)} cannot be split along an axis that depends on the batch");
            pieces[i] = graph.Slice(call.Tensor(0), along, start, start += size);
        }
        return pieces;
    }
}
