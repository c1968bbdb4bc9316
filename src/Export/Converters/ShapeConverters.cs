using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Operators that rename, reorder or repeat axes. A batch size is never written into the graph.</summary>
static class ShapeConverters
{
    public static IEnumerable<Converter> All =>
    [
        .. ((string[])["THSTensor_view", "THSTensor_reshape", "THSTensor_unflatten"]).Select(entry => new Converter(entry, (graph, call) => graph.ReshapeLike(call, call.Tensor(0)))),
        new("THSTensor_flatten", Flatten),
        new("THSTensor_squeeze_no_dim", SqueezeAll),
        new("THSTensor_squeeze", (graph, call) => call.ResultShape().Count == call.Shape(0).Count ? call.Tensor(0) : graph.Squeeze(call.Tensor(0), call.Integer(1))),
        new("THSTensor_unsqueeze", (graph, call) => graph.Unsqueeze(call.Tensor(0), call.Integer(1))),
        new("THSTensor_permute", (graph, call) => graph.Transpose(call.Tensor(0), [.. call.Integers(1).Select(axis => (long)call.Shape(0).Axis(axis))])),
        new("THSTensor_transpose", (graph, call) => Swap(graph, call, call.Integer(1), call.Integer(2))),
        new("THSTensor_t", (graph, call) => call.Shape(0).Count < 2 ? call.Tensor(0) : Swap(graph, call, 0, 1)),
        new("THSTensor_expand", Expand),
        new("THSNN_pixel_shuffle", PixelShuffle),
        new("THSNN_pixel_unshuffle", PixelUnshuffle),
    ];

    /// <summary>
    /// <paramref name="x"/> in the shape of the call's result. An axis that follows the batch is 0 (copied) where the source has it at the same
    /// place, otherwise -1 (what is left), of which a shape can have one.
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
            : throw call.Refuse($"more than one axis of {x.Shape} to {target} depends on the batch");
    }

    static Value Flatten(GraphBuilder graph, NativeCall call) =>
        call.ResultShape() is { Count: 2 } result && call.Shape(0).Count >= 2 && result[0] == call.Shape(0)[0] && call.Shape(0)[0].Name is not null
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

    // [N,C*r*r,H,W] to [N,C,H*r,W*r]
    static Value PixelShuffle(GraphBuilder graph, NativeCall call)
    {
        (long factor, long[] image) = (call.Integer(1), Image(call));
        Value split = graph.Reshape(call.Tensor(0), 0, image[0] / (factor * factor), factor, factor, image[1], image[2]);
        return graph.ReshapeLike(call, graph.Transpose(split, 0, 1, 4, 2, 5, 3));
    }

    // [N,C,H*r,W*r] to [N,C*r*r,H,W]
    static Value PixelUnshuffle(GraphBuilder graph, NativeCall call)
    {
        (long factor, long[] image) = (call.Integer(1), Image(call));
        Value split = graph.Reshape(call.Tensor(0), 0, image[0], image[1] / factor, factor, image[2] / factor, factor);
        return graph.ReshapeLike(call, graph.Transpose(split, 0, 1, 3, 5, 2, 4));
    }

    static long[] Image(NativeCall call) => call.Shape(0).Count == 4
        ? [.. call.Shape(0).Skip(1).Select(axis => axis.Size ?? throw call.Refuse($"channels, height and width must be fixed, found {call.Shape(0)}"))]
        : throw call.Refuse($"its input must be [N,C,H,W], found {call.Shape(0)}");

    // Expand broadcasts both ways, so 1 leaves an axis as it is.
    static Value Expand(GraphBuilder graph, NativeCall call)
    {
        (Shape from, Shape to) = (call.Shape(0), call.ResultShape());
        var sizes = new long[to.Count];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int source = axis - (to.Count - from.Count);
            bool kept = source >= 0 && from[source] == to[axis] && to[axis] != Dim.Unknown;
            sizes[axis] = kept ? 1 : to[axis].Size ?? throw call.Refuse($"{from} cannot be expanded to {to}: the new axis would depend on the batch");
        }
        return graph.Apply("Expand", [call.Tensor(0), graph.Constant(TensorData.Vector(sizes))]);
    }
}
