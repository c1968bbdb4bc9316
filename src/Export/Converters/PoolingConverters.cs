using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>
/// Pools over the spatial axes of [N,C,...]. Native arguments of a maximum: (input, kernel*, length, strides*, length, padding*, length, dilation*,
/// length, ceil_mode); of a mean: (input, kernel*, length, strides*, length, padding*, length, ceil_mode, count_include_pad, divisor).
/// </summary>
static class PoolingConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_max_pool1d", (graph, call) => Max(graph, call, 1)),
        new("THSTensor_max_pool2d", (graph, call) => Max(graph, call, 2)),
        new("THSTensor_max_pool3d", (graph, call) => Max(graph, call, 3)),
        new("THSTensor_avg_pool1d", (graph, call) => Average(graph, call, 1)),
        new("THSTensor_avg_pool2d", (graph, call) => Average(graph, call, 2)),
        new("THSTensor_avg_pool3d", (graph, call) => Average(graph, call, 3)),
        new("THSTensor_adaptive_avg_pool1d", Adaptive),
        new("THSTensor_adaptive_avg_pool2d", Adaptive),
        new("THSTensor_adaptive_avg_pool3d", Adaptive),
    ];

    static Value Max(GraphBuilder graph, NativeCall call, int axes)
    {
        Attributes attributes = Window(call, axes);
        attributes["dilations"] = ConvolutionConverters.PerAxis(call.Integers(7), axes, 1);
        attributes["ceil_mode"] = call.Flag(9) ? 1L : 0L;
        return graph.Apply("MaxPool", [call.Tensor(0)], attributes);
    }

    static Value Average(GraphBuilder graph, NativeCall call, int axes)
    {
        if (axes > 1 && call.Integer(9) != 0)
        {
            throw call.Refuse($"'divisor_override' has no ONNX form, found {call.Integer(9)}");
        }
        Attributes attributes = Window(call, axes);
        attributes["ceil_mode"] = call.Flag(7) ? 1L : 0L;
        attributes["count_include_pad"] = call.Flag(8) ? 1L : 0L;
        return graph.Apply("AveragePool", [call.Tensor(0)], attributes);
    }

    static Attributes Window(NativeCall call, int axes)
    {
        if (call.Shape(0).Count != axes + 2)
        {
            throw call.Refuse($"its input needs a batch axis, found {call.Shape(0)}");
        }
        long[] kernel = ConvolutionConverters.PerAxis(call.Integers(1), axes, 1);
        long[] strides = call.Integers(3), padding = ConvolutionConverters.PerAxis(call.Integers(5), axes, 0);
        return new Attributes
        {
            ["kernel_shape"] = kernel,
            ["strides"] = strides.Length == 0 ? kernel : ConvolutionConverters.PerAxis(strides, axes, 1),
            ["pads"] = (long[])[.. padding, .. padding],
        };
    }

    // A mean over all of an axis, or over equal windows.
    static Value Adaptive(GraphBuilder graph, NativeCall call)
    {
        long[] from = [.. call.Shape(0).Skip(2).Select(axis => axis.Size ?? throw call.Refuse($"the spatial sizes must be fixed, found {call.Shape(0)}"))];
        long[] to = [.. call.ResultShape().Skip(2).Select(axis => axis.Size ?? 0)];
        if (to.All(size => size == 1))
        {
            return graph.Unary("GlobalAveragePool", call.Tensor(0));
        }
        long[] window = [.. from.Zip(to, (size, count) => size % count == 0 ? size / count : throw call.Refuse($"windows of unequal size have no ONNX form: [{string.Join(",", from)}] to [{string.Join(",", to)}]"))];
        return graph.Apply("AveragePool", [call.Tensor(0)], new Attributes { ["kernel_shape"] = window, ["strides"] = window });
    }
}
