using System.Runtime.InteropServices;
using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Images resized, and read at points of a grid.</summary>
static class ResizeConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSNN_interpolate", Interpolate),
        new("THSTensor_upsample_nearest1d", UpsampleNearest), new("THSTensor_upsample_nearest2d", UpsampleNearest),
        new("THSTensor_upsample_nearest3d", UpsampleNearest),
        new("THSNN_grid_sample", GridSample),
        new("THSNN_affine_grid", AffineGrid),
    ];

    // (input, size*, length, scale*, length, mode, align_corners as 0 none, 1 yes, 2 no, recompute_scale_factor, antialias)
    static Value Interpolate(GraphBuilder graph, NativeCall call)
    {
        if (call.Integer(5) == 0)
        {
            return Nearest(graph, call, IsByScale(call) ? MemoryMarshal.Cast<long, double>(call.Integers(3)).ToArray() : null);
        }
        if (call.Integer(5) == 5)
        {
            return PoolingConverters.AdaptiveAverage(graph, call);
        }
        if (!call.Tensor(0).Type.Element.IsFloat())
        {
            throw call.Refuse(
                $"how PyTorch rounds {call.Tensor(0).Type.Element} pictures depends on the processor; cast them to float before");
        }
        bool corners = call.Integer(6) == 1;
        if (call.Flag(8))
        {
            return AntialiasedResize.Convert(graph, call, isCubic: call.Integer(5) == 3, corners);
        }
        Attributes attributes = call.Integer(5) switch
        {
            1 or 2 or 4 => new() { ["mode"] = "linear", ["coordinate_transformation_mode"] = corners ? "align_corners" : "half_pixel" },
            3 => new()
            {
                ["mode"] = "cubic",
                ["coordinate_transformation_mode"] = corners ? "align_corners" : "half_pixel",
                ["cubic_coeff_a"] = -0.75
            },
            6 => new() { ["mode"] = "nearest", ["coordinate_transformation_mode"] = "half_pixel", ["nearest_mode"] = "round_prefer_ceil" },
            long mode => throw call.Refuse($"'mode' must be in [0..6], found {mode}"),
        };
        // The scale itself matters for the positions only where it was given and is not to be computed again.
        double[] scales = IsByScale(call) && !corners ? [1, 1, .. MemoryMarshal.Cast<long, double>(call.Integers(3))] : [];
        return Resize(graph, call, scales, attributes);
    }

    /// <summary>Whether a call to interpolate gives scales that are not to be computed again from the sizes.</summary>
    public static bool IsByScale(NativeCall call) => !call.IsGiven(1) && call.IsGiven(3) && !call.Flag(7);

    static Value UpsampleNearest(GraphBuilder graph, NativeCall call) => Nearest(graph, call, null);

    // Element i takes element floor(i * scale), of the scale and the product in float32, as PyTorch rounds them; runtimes round Resize
    // otherwise.
    static Value Nearest(GraphBuilder graph, NativeCall call, double[]? factors)
    {
        Value x = call.Tensor(0);
        for (int axis = 2; axis < call.Shape(0).Count; axis++)
        {
            (Quantity from, Quantity to) = (call.Sizes(0)[axis], call.ResultSizes()[axis]);
            float? given = factors is null ? null : (float)(1 / factors[axis - 2]);
            if (!from.Equals(to) || given is not (null or 1))
            {
                x = graph.Apply("Gather", [x, NearestIndices(graph, call, from, to, given)], new Attributes { ["axis"] = axis });
            }
        }
        return x;
    }

    static Value NearestIndices(GraphBuilder graph, NativeCall call, Quantity from, Quantity to, float? given)
    {
        if (from.Constant is long length && to.Constant is long count)
        {
            float factor = given ?? (float)length / count;
            return graph.Constant(
                TensorData.Vector([.. Enumerable.Range(0, (int)count).Select(i => Math.Min((long)MathF.Floor(i * factor), length - 1))]));
        }
        Value size = graph.Cast(call.Vector(from), ElementType.Float64), numbers = graph.Cast(graph.Numbers(call, to), ElementType.Float64);
        Value scale = given is float fixedScale ? graph.Scalar(fixedScale, size)
            : graph.ToSingle(graph.Div(size, graph.Cast(call.Vector(to), ElementType.Float64)));
        Value places = graph.Cast(graph.Unary("Floor", graph.ToSingle(graph.Mul(numbers, scale))), ElementType.Int64);
        return graph.Apply("Min", [places, graph.Sub(call.Vector(from), graph.Constant(TensorData.Vector(1)))]);
    }

    static Value Resize(GraphBuilder graph, NativeCall call, double[] scales, Attributes attributes) => scales.Length > 0
        ? graph.Apply("Resize",
            [call.Tensor(0), null, graph.Constant(TensorData.Of([.. scales.Select(scale => (float)scale)], scales.Length))], attributes)
        : graph.Apply("Resize", [call.Tensor(0), null, null, call.Vector(call.ResultSizes())], attributes);

    // (input [N,C,H,W], grid [N,H',W',2], mode, padding, align_corners)
    static Value GridSample(GraphBuilder graph, NativeCall call)
    {
        if (call.Shape(0).Count != 4)
        {
            throw call.Refuse($"its input must be [N,C,H,W], found {call.Shape(0)}");
        }
        return graph.Apply("GridSample", [call.Tensor(0), call.Tensor(1)], new Attributes
        {
            ["mode"] = call.Integer(2) == 0 ? "nearest" : graph.Opset >= 20 ? "linear" : "bilinear",
            ["padding_mode"] = call.Integer(3) switch { 0 => "zeros", 1 => "reflection", _ => "border" },
            ["align_corners"] = call.Integer(4) == 1 ? 1 : 0,
        });
    }

    // (theta [N,2,3], size* [N,C,H,W], length, align_corners): theta * (x, y, 1) at every pixel.
    static Value AffineGrid(GraphBuilder graph, NativeCall call)
    {
        Quantity[] size = call.Quantities(1);
        if (size.Length != 4)
        {
            throw call.Refuse($"its size must be [N,C,H,W], found {size.Length} axes");
        }
        // [1,W,1], [H,1,1]
        Value x = graph.Unsqueeze(Coordinates(graph, call, size[3]), 0, 2), y = graph.Unsqueeze(Coordinates(graph, call, size[2]), 1, 2);
        Value one = graph.Constant(TensorData.FromDoubles([1], [1, 1, 1], call.ResultType()));
        Value shape = call.Vector(size[2], size[3], Quantity.Combine(size[2], size[2], (_, _) => 1));
        Value points = graph.Apply("Concat", [.. new[] { x, y, one }.Select(part => graph.Apply("Expand", [part, shape]))],
            new Attributes { ["axis"] = 2 });
        Value flat = graph.Reshape(points, -1, 3); // [H*W,3]
        Value grid = graph.MatMul(flat, graph.Transpose(call.Tensor(0), 0, 2, 1)); // [N,H*W,2]
        return graph.Apply("Reshape", [grid, call.Vector(call.ResultSizes())]);
    }

    // The centres of `size` pixels in [-1,1]; with aligned corners the outermost lie on the border.
    static Value Coordinates(GraphBuilder graph, NativeCall call, Quantity size)
    {
        Value numbers = graph.Cast(graph.Numbers(call, size), call.ResultType());
        Value count = graph.Cast(graph.Squeeze(call.Vector(size), 0), call.ResultType());
        return call.Flag(3)
            ? graph.Shift(graph.Div(graph.Scale(numbers, 2), graph.Clip(graph.Shift(count, -1), 1, null)), -1)
            : graph.Shift(graph.Div(graph.Shift(graph.Scale(numbers, 2), 1), count), -1);
    }
}
