using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>
/// Convolutions: input [N,C,...], weight [M,C/groups,...], bias [M] or none, result [N,M,...]. Native arguments:
/// (input, weight, bias, strides*, length, padding*, length, dilation*, length, groups).
/// </summary>
static class ConvolutionConverters
{
    public static IEnumerable<Converter> All => [new("THSTensor_conv1d", Convolve), new("THSTensor_conv2d", Convolve), new("THSTensor_conv3d", Convolve)];

    static Value Convolve(GraphBuilder graph, NativeCall call)
    {
        int axes = call.Shape(1).Count - 2;
        if (call.Shape(0).Count != axes + 2)
        {
            throw call.Refuse($"its input needs a batch axis, found {call.Shape(0)}");
        }
        long[] padding = PerAxis(call.Integers(5), axes, 0);
        var attributes = new Attributes
        {
            ["kernel_shape"] = call.Shape(1).Sizes[2..],
            ["strides"] = PerAxis(call.Integers(3), axes, 1),
            ["pads"] = (long[])[.. padding, .. padding],
            ["dilations"] = PerAxis(call.Integers(7), axes, 1),
            ["group"] = call.Integer(9),
        };
        return graph.Apply("Conv", call.IsGiven(2) ? [call.Tensor(0), call.Tensor(1), call.Tensor(2)] : [call.Tensor(0), call.Tensor(1)], attributes);
    }

    /// <summary>PyTorch's short form: one number stands for all axes, none for the default.</summary>
    public static long[] PerAxis(long[] given, int axes, long absent) =>
        given.Length == axes ? given : [.. Enumerable.Repeat(given.Length == 1 ? given[0] : absent, axes)];
}
