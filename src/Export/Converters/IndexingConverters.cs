using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Operators that join tensors or take parts of them.</summary>
static class IndexingConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_cat", (graph, call) => Concat(graph, Promoted(graph, call), call.ResultShape().Axis(call.Integer(2)))),
        new("THSTensor_stack", (graph, call) => Stack(graph, call, call.ResultShape().Axis(call.Integer(2)))),
        new("THSTensor_hstack", (graph, call) => Concat(graph, Promoted(graph, call), call.ResultShape().Count > 1 ? 1 : 0)),
        new("THSTensor_vstack", (graph, call) =>
            Concat(graph, [.. Promoted(graph, call).Select(x => x.Shape.Count < 2 ? graph.Unsqueeze(x, 0) : x)], 0)),
        new("THSTensor_row_stack", (graph, call) =>
            Concat(graph, [.. Promoted(graph, call).Select(x => x.Shape.Count < 2 ? graph.Unsqueeze(x, 0) : x)], 0)),
        new("THSTensor_column_stack", (graph, call) =>
            Concat(graph, [.. Promoted(graph, call).Select(x => x.Shape.Count < 2 ? graph.Unsqueeze(x, 1) : x)], 1)),
        new("THSTensor_dstack", (graph, call) =>
            Concat(graph, [.. Promoted(graph, call).Select(x => x.Shape.Count == 2 ? graph.Unsqueeze(x, 2) : x.Shape.Count > 2 ? x
                : throw call.Refuse("its tensors must have 2 or more axes"))], 2)),
        new("THSTensor_select", (graph, call) =>
            graph.Apply("Gather", [call.Tensor(0), graph.Squeeze(call.Vector(call.Quantity(2)), 0)],
            new Attributes { ["axis"] = call.Integer(1) })),
        // (input, dim, start, length)
        new("THSTensor_narrow", (graph, call) =>
            Part(graph, call, call.Integer(1), call.Quantity(2),
            Quantity.Combine(call.Quantity(2), call.Quantity(3), (start, length) => start + length))),
        // (input, dim, start, end, step)
        new("THSTensor_slice", (graph, call) => Part(graph, call, call.Integer(1), call.Quantity(2), call.Quantity(3), call.Integer(4))),
        // (input, allocator, parts or size, dim): the pieces as traced
        new("THSTensor_chunk", (graph, call) => Pieces(graph, call, call.Integer(3))),
        new("THSTensor_split_with_size", (graph, call) => Pieces(graph, call, call.Integer(3))),
        new("THSTensor_split_with_sizes", (graph, call) => Pieces(graph, call, call.Integer(4))),
        new("THSTensor_tensor_split_with_size", (graph, call) => Pieces(graph, call, call.Integer(3))),
        new("THSTensor_tensor_split_with_sizes", (graph, call) => Pieces(graph, call, call.Integer(4))),
        .. ((string[])["size", "sizes"]).SelectMany(kind => new Converter[]
        {
            new($"THSTensor_hsplit_with_{kind}", (graph, call) => Pieces(graph, call, call.Shape(0).Count > 1 ? 1 : 0)),
            new($"THSTensor_vsplit_with_{kind}", (graph, call) => Pieces(graph, call, 0)),
            new($"THSTensor_dsplit_with_{kind}", (graph, call) => Pieces(graph, call, 2)),
        }),
        new("THSTensor_unbind", Unbind),
        new("THSTensor_flip", (graph, call) => Flip(graph, call.Tensor(0), call.Integers(1))),
        new("THSTensor_fliplr", (graph, call) => Flip(graph, call.Tensor(0), 1)),
        new("THSTensor_flipud", (graph, call) => Flip(graph, call.Tensor(0), 0)),
        new("THSTensor_rot90", Rotate),
        new("THSTensor_roll", Roll),
        new("THSTensor_index_select", (graph, call) =>
            graph.Apply("Gather", [call.Tensor(0), call.Tensor(2)], new Attributes { ["axis"] = call.Integer(1) })),
    ];

    static Value[] Promoted(GraphBuilder graph, NativeCall call) =>
        [.. call.Tensors(0).Select(tensor => graph.Cast(tensor, call.ResultType()))];

    static Value Concat(GraphBuilder graph, Value[] parts, long axis) => graph.Apply("Concat", parts, new Attributes { ["axis"] = axis });

    static Value Stack(GraphBuilder graph, NativeCall call, long axis) =>
        Concat(graph, [.. Promoted(graph, call).Select(tensor => graph.Unsqueeze(tensor, axis))], axis);

    static Value Part(GraphBuilder graph, NativeCall call, long axis, Quantity start, Quantity end, long step = 1) =>
        graph.Apply("Slice", [call.Tensor(0), call.Vector(start), call.Vector(end), graph.Constant(TensorData.Vector(axis)),
        graph.Constant(TensorData.Vector(step))]);

    static Value[] Unbind(GraphBuilder graph, NativeCall call)
    {
        long axis = call.Integer(2);
        _ = call.Shape(0)[call.Shape(0).Axis(axis)].Size
            ?? throw call.Refuse($"{call.Shape(0)} cannot be unbound along an axis whose size follows a named axis");
        return [.. Enumerable.Range(0, call.ResultCount)
            .Select(i => graph.Apply("Gather", [call.Tensor(0), graph.Integer(i)], new Attributes { ["axis"] = axis }))];
    }

    // Backwards from the last element to past the first.
    static Value Flip(GraphBuilder graph, Value x, params long[] axes) =>
        axes.Aggregate(x, (part, axis) => graph.Slice(part, axis, -1, long.MinValue, -1));

    // (input, k, first axis, second axis): k quarter turns from the first to the second.
    static Value Rotate(GraphBuilder graph, NativeCall call)
    {
        long turns = (call.Integer(1) % 4 + 4) % 4, first = call.Shape(0).Axis(call.Integer(2)),
            second = call.Shape(0).Axis(call.Integer(3));
        long[] swapped =
            [.. Enumerable.Range(0, call.Shape(0).Count).Select(axis => axis == first ? second : axis == second ? first : axis)];
        Value x = call.Tensor(0);
        return turns switch
        {
            0 => x,
            1 => graph.Transpose(Flip(graph, x, second), swapped),
            2 => Flip(graph, x, first, second),
            _ => Flip(graph, graph.Transpose(x, swapped), second),
        };
    }

    // (input, shifts*, length, dims*, length): the last elements come first; without dims over the flat tensor.
    static Value Roll(GraphBuilder graph, NativeCall call)
    {
        (long[] shifts, long[] axes) = (call.Integers(1), call.Integers(3));
        if (axes.Length == 0)
        {
            Quantity count = call.Sizes(0).Aggregate((a, b) => Quantity.Combine(a, b, (x, y) => x * y));
            Value flat = Rolled(graph, call, graph.Reshape(call.Tensor(0), -1), 0, shifts[0], count);
            return graph.Apply("Reshape", [flat, call.Vector(call.ResultSizes())]);
        }
        return axes.Zip(shifts).Aggregate(call.Tensor(0), (x, pair) =>
            Rolled(graph, call, x, call.Shape(0).Axis(pair.First), pair.Second, call.Sizes(0)[call.Shape(0).Axis(pair.First)]));
    }

    static Value Rolled(GraphBuilder graph, NativeCall call, Value x, int axis, long shift, Quantity size)
    {
        if (size.Constant is long length)
        {
            return shift % length == 0 ? x
                : Concat(graph, [graph.Slice(x, axis, -shift % length, long.MaxValue), graph.Slice(x, axis, 0, -shift % length)], axis);
        }
        // A free size may be smaller than the shift, which wraps around it.
        Value cut = graph.Apply("Mod", [graph.Constant(TensorData.Vector(-shift)), call.Vector(size)]),
            along = graph.Constant(TensorData.Vector(axis));
        Value none = graph.Constant(TensorData.Vector(0)), all = graph.Constant(TensorData.Vector(long.MaxValue));
        return Concat(graph, [graph.Apply("Slice", [x, cut, all, along]), graph.Apply("Slice", [x, none, cut, along])], axis);
    }

    static Value[] Pieces(GraphBuilder graph, NativeCall call, long axis)
    {
        int along = call.Shape(0).Axis(axis);
        var pieces = new Value[call.ResultCount];
        Quantity start = call.Sizes(0)[along].Select(_ => 0);
        for (int i = 0; i < pieces.Length; i++)
        {
            Quantity end = Quantity.Combine(start, call.ResultSizes(i)[along], (from, size) => from + size);
            pieces[i] = Part(graph, call, along, start, end);
            start = end;
        }
        return pieces;
    }
}
