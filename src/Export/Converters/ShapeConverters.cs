using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Operators that rename, reorder or repeat axes. A batch size is never written into the graph.</summary>
static class ShapeConverters
{
    public static IEnumerable<Converter> All =>
    [
        .. ((string[])["THSTensor_view", "THSTensor_reshape", "THSTensor_unflatten", "THSTensor_ravel", "THSTensor_atleast_1d",
            "THSTensor_atleast_2d", "THSTensor_atleast_3d"])
            .Select(entry => new Converter(entry, (graph, call) => graph.ReshapeLike(call, call.Tensor(0)))),
        new("THSTensor_flatten", Flatten),
        new("THSTensor_squeeze_no_dim", SqueezeAll),
        new("THSTensor_squeeze", (graph, call) => call.ResultShape().Count == call.Shape(0).Count ? call.Tensor(0)
            : graph.Squeeze(call.Tensor(0), call.Integer(1))),
        new("THSTensor_unsqueeze", (graph, call) => graph.Unsqueeze(call.Tensor(0), call.Integer(1))),
        new("THSTensor_permute", (graph, call) =>
            graph.Transpose(call.Tensor(0), [.. call.Integers(1).Select(axis => (long)call.Shape(0).Axis(axis))])),
        new("THSTensor_transpose", (graph, call) => Swap(graph, call, call.Integer(1), call.Integer(2))),
        new("THSTensor_t", (graph, call) => call.Shape(0).Count < 2 ? call.Tensor(0) : Swap(graph, call, 0, 1)),
        // of real numbers
        .. ((string[])["THSTensor_mT", "THSTensor_mH", "THSTensor_adjoint"])
            .Select(entry => new Converter(entry, (graph, call) => Swap(graph, call, -1, -2))),
        new("THSTensor_movedim", Move),
        new("THSTensor_expand", Expand),
        new("THSTensor_broadcast_to", Expand),
        // (input, repeats*, length): axes are put in front where there are more repeats than axes
        new("THSTensor_repeat", Repeat),
        new("THSTensor_tile", Repeat),
        new("THSTensor_repeat_interleave_int64", RepeatEach),
        new("THSTensor_channel_shuffle", ChannelShuffle),
        new("THSTensor_diagonal", (graph, call) => Diagonal(graph, call, call.Integer(1), call.Integer(2), call.Integer(3))),
        new("THSTensor_trace", (graph, call) => graph.Reduce("ReduceSum", Diagonal(graph, call, 0, 0, 1), [0])),
        new("THSNN_pixel_shuffle", PixelShuffle),
        new("THSNN_pixel_unshuffle", PixelUnshuffle),
        // (input, kernel 2, stride 2, padding 2, dilation 2)
        new("THSNN_unfold", UnfoldConverter.Unfold),
        new("THSNN_fold", UnfoldConverter.Fold),
        new("THSTensor_unfold", UnfoldConverter.Windows),
    ];

    /// <summary>
    /// <paramref name="x"/> in the shape of the call's result. An axis that follows a named one is 0 (copied) where the source has it at
    /// the same place, otherwise -1 (what is left); a shape can have one of these, so that more are calculated.
    /// </summary>
    public static Value ReshapeLike(this GraphBuilder graph, NativeCall call, Value x)
    {
        Shape target = call.ResultShape();
        var sizes = new long[target.Count];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            bool copied = target[axis].Name is not null && axis < x.Shape.Count && x.Shape[axis] == target[axis];
            sizes[axis] = copied ? 0 : target[axis].Size ?? -1;
        }
        return sizes.Count(size => size == -1) <= 1
            ? graph.Reshape(x, sizes)
            : graph.Apply("Reshape", [x, call.Vector(call.ResultSizes())]);
    }

    static Value Flatten(GraphBuilder graph, NativeCall call) =>
        call.ResultShape() is { Count: 2 } result && call.Shape(0).Count >= 2 && result[0] == call.Shape(0)[0]
        && call.Shape(0)[0].Name is not null
            ? graph.Flatten(call.Tensor(0))
            : graph.ReshapeLike(call, call.Tensor(0));

    static Value SqueezeAll(GraphBuilder graph, NativeCall call) => call.Shape(0).IsFixed
        ? graph.ReshapeLike(call, call.Tensor(0))
        : throw call.Refuse($"it would drop the batch axis of {call.Shape(0)} where that is 1; name the axes to squeeze");

    static Value Swap(GraphBuilder graph, NativeCall call, long first, long second)
    {
        long[] axes = [.. Enumerable.Range(0, call.Shape(0).Count).Select(axis => (long)axis)];
        (int a, int b) = (call.Shape(0).Axis(first), call.Shape(0).Axis(second));
        (axes[a], axes[b]) = (axes[b], axes[a]);
        return graph.Transpose(call.Tensor(0), axes);
    }

    // (input, from*, length, to*, length): the other axes keep their order.
    static Value Move(GraphBuilder graph, NativeCall call)
    {
        Shape shape = call.Shape(0);
        int[] from = [.. call.Integers(1).Select(shape.Axis)], to = [.. call.Integers(3).Select(shape.Axis)];
        var order = new int[shape.Count];
        var rest = new Queue<int>(Enumerable.Range(0, shape.Count).Except(from));
        for (int axis = 0; axis < order.Length; axis++)
        {
            int moved = Array.IndexOf(to, axis);
            order[axis] = moved >= 0 ? from[moved] : rest.Dequeue();
        }
        return graph.Transpose(call.Tensor(0), [.. order.Select(axis => (long)axis)]);
    }

    // [N,C*r*r,H,W] to [N,C,H*r,W*r]
    static Value PixelShuffle(GraphBuilder graph, NativeCall call)
    {
        (Quantity factor, Quantity[] image) = Image(call);
        Value split = Reshaped(graph, call, image[0], Over(Over(image[1], factor), factor), factor, factor, image[2], image[3]);
        return graph.ReshapeLike(call, graph.Transpose(split, 0, 1, 4, 2, 5, 3));
    }

    // [N,C,H*r,W*r] to [N,C*r*r,H,W]
    static Value PixelUnshuffle(GraphBuilder graph, NativeCall call)
    {
        (Quantity factor, Quantity[] image) = Image(call);
        Value split = Reshaped(graph, call, image[0], image[1], Over(image[2], factor), factor, Over(image[3], factor), factor);
        return graph.ReshapeLike(call, graph.Transpose(split, 0, 1, 3, 5, 2, 4));
    }

    // [N,g*C,..] to [N,C,g,..]: each group's channels in turn.
    static Value ChannelShuffle(GraphBuilder graph, NativeCall call)
    {
        Quantity[] image = [.. call.Sizes(0)];
        Quantity groups = image[0].Select(_ => call.Integer(1));
        Value split = Reshaped(graph, call, [image[0], groups, Over(image[1], groups), .. image.Skip(2)]);
        return graph.ReshapeLike(call, graph.Transpose(split,
            [0, 2, 1, .. Enumerable.Range(3, image.Length - 2).Select(axis => (long)axis)]));
    }

    static Value Reshaped(GraphBuilder graph, NativeCall call, params Quantity[] sizes) =>
        graph.Apply("Reshape", [call.Tensor(0), call.Vector(sizes)]);

    static Quantity Over(Quantity size, Quantity factor) => Quantity.Combine(size, factor, (a, b) => a / b);

    static (Quantity Factor, Quantity[] Image) Image(NativeCall call) => call.Shape(0).Count == 4
        ? (call.Quantity(1), [.. call.Sizes(0)])
        : throw call.Refuse($"its input must be [N,C,H,W], found {call.Shape(0)}");

    // Expand broadcasts both ways, so 1 leaves an axis as it is.
    static Value Expand(GraphBuilder graph, NativeCall call)
    {
        (Shape from, Shape to) = (call.Shape(0), call.ResultShape());
        var sizes = new Quantity[to.Count];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int source = axis - (to.Count - from.Count);
            bool kept = source >= 0 && from[source] == to[axis];
            sizes[axis] = kept ? call.ResultSizes()[axis].Select(_ => 1) : call.ResultSizes()[axis];
        }
        return graph.Apply("Expand", [call.Tensor(0), call.Vector(sizes)]);
    }

    static Value Repeat(GraphBuilder graph, NativeCall call)
    {
        Quantity[] repeats = call.Quantities(1);
        int rank = call.Shape(0).Count, added = Math.Max(0, repeats.Length - rank);
        Quantity[] front = [.. Enumerable.Range(0, Math.Max(0, rank - repeats.Length)).Select(_ => call.ResultSizes()[0].Select(_ => 1))];
        Value x = added == 0 ? call.Tensor(0) : graph.Unsqueeze(call.Tensor(0), [.. Enumerable.Range(0, added).Select(axis => (long)axis)]);
        return graph.Apply("Tile", [x, call.Vector([.. front, .. repeats])]);
    }

    // (input, repeats, dim or the lowest number, output size): each element several times in a row.
    static Value RepeatEach(GraphBuilder graph, NativeCall call)
    {
        bool flat = call.Integer(2) == long.MinValue;
        Value x = flat ? graph.Reshape(call.Tensor(0), -1) : call.Tensor(0);
        int axis = flat ? 0 : call.Shape(0).Axis(call.Integer(2));
        Quantity one = call.ResultSizes()[0].Select(_ => 1);
        Quantity[] repeats = [.. Enumerable.Range(0, x.Shape.Count + 1).Select(i => i == axis + 1 ? call.Quantity(1) : one)];
        return graph.ReshapeLike(call, graph.Apply("Tile", [graph.Unsqueeze(x, axis + 1), call.Vector(repeats)]));
    }

    // Elements start + i * (columns + 1) of the flat tensor, with sizes that the graph reads.
    static Value FreeDiagonal(GraphBuilder graph, NativeCall call, Value flat, long offset, Quantity width)
    {
        if (call.ResultCount != 1 || call.ResultShape().Count == 0)
        {
            throw call.Refuse($"the axes of the diagonal must be fixed, found {call.Shape(0)}");
        }
        Value columns = call.Vector(width), one = graph.Constant(TensorData.Vector(1));
        Value start = offset >= 0 ? graph.Constant(TensorData.Vector(offset))
            : graph.Mul(columns, graph.Constant(TensorData.Vector(-offset)));
        Value places = graph.Add(start, graph.Mul(graph.Numbers(call, call.ResultSizes()[^1]), graph.Add(columns, one)));
        return graph.Apply("Gather", [flat, places], new Attributes { ["axis"] = -1 });
    }

    /// <summary>A diagonal of two axes, last: they become one, of which the diagonal takes every (columns + 1)-th element.</summary>
    public static Value Diagonal(GraphBuilder graph, NativeCall call, long offset, long rowAxis, long columnAxis)
    {
        Shape shape = call.Shape(0);
        (int rows, int columns) = (shape.Axis(rowAxis), shape.Axis(columnAxis));
        int[] rest = [.. Enumerable.Range(0, shape.Count).Except([rows, columns])];
        Value last = graph.Transpose(call.Tensor(0), [.. rest.Append(rows).Append(columns).Select(axis => (long)axis)]);
        Quantity cells = Quantity.Combine(call.Sizes(0)[rows], call.Sizes(0)[columns], (a, b) => a * b);
        Value flat = graph.Apply("Reshape", [last, call.Vector([.. rest.Select(axis => call.Sizes(0)[axis]), cells])]);
        if (shape[rows].Size is null || shape[columns].Size is not long width)
        {
            return FreeDiagonal(graph, call, flat, offset, call.Sizes(0)[columns]);
        }
        long start = offset >= 0 ? offset : -offset * width, count = call.ResultCount == 1 && call.ResultShape().Count > 0
            ? call.ResultShape()[^1].Size ?? 0 : Math.Min(shape[rows].Size!.Value, width);
        return graph.Apply("Gather", [flat, graph.Constant(
            TensorData.Vector([.. Enumerable.Range(0, (int)count).Select(i => start + i * (width + 1))]))],
            new Attributes { ["axis"] = -1 });
    }
}
