using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Convolutions: input [N,C,...] or [C,...], weight [M,C/groups,...] (transposed: [C,M/groups,...]), bias [M] or none, result [N,M,...].
/// Native arguments: (input, weight, bias, strides*, length, padding*, length, dilation*, length, groups); with a padding by name (input,
/// weight, bias, strides*, length, padding, dilation*, length, groups); transposed (input, weight, bias, strides*, length, padding*,
/// length, output_padding*, length, dilation*, length, groups).
/// </summary>
static class ConvolutionConverters
{
    public static IEnumerable<Converter> All => Enumerable.Range(1, 3).SelectMany(axes => new Converter[]
    {
        new($"THSTensor_conv{axes}d", (graph, call) => Convolve(graph, call, Padded(call, axes), 7, 9)),
        new($"THSTensor_conv{axes}d_padding", (graph, call) =>
            Convolve(graph, call, call.Integer(5) == 0 ? new long[2 * axes] : Same(call, axes), 6, 8)),
        new($"THSTensor_conv_transpose{axes}d", Transposed),
    });

    static Value Convolve(GraphBuilder graph, NativeCall call, long[] pads, int dilation, int groups)
    {
        int axes = call.Shape(1).Count - 2;
        return Apply(graph, call, "Conv", new Attributes
        {
            ["kernel_shape"] = call.Shape(1).Sizes[2..],
            ["strides"] = PerAxis(call.Integers(3), axes, 1),
            ["pads"] = pads,
            ["dilations"] = PerAxis(call.Integers(dilation), axes, 1),
            ["group"] = call.Integer(groups),
        });
    }

    static Value Transposed(GraphBuilder graph, NativeCall call)
    {
        int axes = call.Shape(1).Count - 2;
        var attributes = new Attributes
        {
            ["kernel_shape"] = call.Shape(1).Sizes[2..],
            ["strides"] = PerAxis(call.Integers(3), axes, 1),
            ["pads"] = Padded(call, axes),
            ["dilations"] = PerAxis(call.Integers(9), axes, 1),
            ["group"] = call.Integer(11),
        };
        if (PerAxis(call.Integers(7), axes, 0) is long[] extra && extra.Any(size => size != 0))
        {
            attributes["output_padding"] = extra;
        }
        return Apply(graph, call, "ConvTranspose", attributes);
    }

    // An image without a batch axis gets one for the operator.
    static Value Apply(GraphBuilder graph, NativeCall call, string op, Attributes attributes)
    {
        bool batched = call.Shape(0).Count == call.Shape(1).Count;
        Value x = batched ? call.Tensor(0) : graph.Unsqueeze(call.Tensor(0), 0);
        Value y = graph.Apply(op, call.IsGiven(2) ? [x, call.Tensor(1), call.Tensor(2)] : [x, call.Tensor(1)], attributes);
        return batched ? y : graph.Squeeze(y, 0);
    }

    static long[] Padded(NativeCall call, int axes) => PerAxis(call.Integers(5), axes, 0) is long[] padding ? [.. padding, .. padding] : [];

    // The result is as large as the input; of an odd padding the larger half comes last.
    static long[] Same(NativeCall call, int axes)
    {
        long[] total = [.. PerAxis(call.Integers(6), axes, 1).Zip(call.Shape(1).Sizes[2..], (dilation, kernel) => dilation * (kernel - 1))];
        return [.. total.Select(size => size / 2), .. total.Select(size => size - size / 2)];
    }

    /// <summary>PyTorch's short form: one number stands for all axes, none for the default.</summary>
    public static long[] PerAxis(long[] given, int axes, long absent) =>
        given.Length == axes ? given : [.. Enumerable.Repeat(given.Length == 1 ? given[0] : absent, axes)];
}
