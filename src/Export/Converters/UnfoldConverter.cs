using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Sliding windows laid out as an axis.</summary>
static class UnfoldConverter
{
    // (input [N,C,H,W], kernel 2, stride 2, padding 2, dilation 2, each as two numbers): [N,C*kh*kw,L].
    public static Value Unfold(GraphBuilder graph, NativeCall call)
    {
        long[] given = [.. Enumerable.Range(1, 8).Select(call.Integer)];
        if (call.Shape(0).Count != 4)
        {
            throw call.Refuse($"its input must be [N,C,H,W], found {call.Shape(0)}");
        }
        long channels = call.Shape(0)[1].Size ?? throw call.Refuse("the number of channels must be fixed");
        long rows = given[0], columns = given[1], cells = rows * columns;
        // A convolution whose kernels have a single one each: kernel i of a channel copies cell i of the window.
        var kernels = new double[channels * cells * cells];
        for (long map = 0; map < channels * cells; map++)
        {
            kernels[map * cells + map % cells] = 1;
        }
        Value weight = graph.Constant(TensorData.FromDoubles(kernels, [channels * cells, 1, rows, columns], call.ResultType()));
        Value windows = graph.Apply("Conv", [call.Tensor(0), weight], new Attributes
        {
            ["kernel_shape"] = (long[])[rows, columns],
            ["strides"] = given[2..4],
            ["pads"] = (long[])[.. given[4..6], .. given[4..6]],
            ["dilations"] = given[6..8],
            ["group"] = channels,
        });
        return graph.Reshape(windows, 0, channels * cells, -1);
    }

    // (input [N,C*kh*kw,L], size 2, kernel 2, stride 2, padding 2, dilation 2): the windows added up at their places [N,C,H,W].
    public static Value Fold(GraphBuilder graph, NativeCall call)
    {
        long[] kernel = [call.Integer(3), call.Integer(4)], strides = [call.Integer(5), call.Integer(6)];
        long[] padding = [call.Integer(7), call.Integer(8)], dilations = [call.Integer(9), call.Integer(10)];
        if (call.Shape(0).Count != 3 || !call.IsFixed(1) || !call.IsFixed(2))
        {
            throw call.Refuse($"its input must be [N,C*kh*kw,L] and its size fixed, found {call.Shape(0)}");
        }
        long[] reach =
            [.. Enumerable.Range(0, 2)
            .Select(axis => call.Integer(axis + 1) + 2 * padding[axis] - dilations[axis] * (kernel[axis] - 1) - 1)];
        long maps = call.Shape(0)[1].Size ?? throw call.Refuse("the number of channels must be fixed"), cells = kernel[0] * kernel[1];
        // A transposed convolution whose kernels have a single one each: row i of a channel is stamped to cell i of the window.
        var kernels = new double[maps * cells];
        for (long map = 0; map < maps; map++)
        {
            kernels[map * cells + map % cells] = 1;
        }
        Value weight = graph.Constant(TensorData.FromDoubles(kernels, [maps, 1, kernel[0], kernel[1]], call.ResultType()));
        Value windows = graph.Reshape(call.Tensor(0), 0, maps, reach[0] / strides[0] + 1, reach[1] / strides[1] + 1);
        return graph.Apply("ConvTranspose", [windows, weight], new Attributes
        {
            ["kernel_shape"] = kernel,
            ["strides"] = strides,
            ["pads"] = (long[])[.. padding, .. padding],
            ["dilations"] = dilations,
            ["output_padding"] = (long[])[reach[0] % strides[0], reach[1] % strides[1]],
            ["group"] = maps / cells,
        });
    }

    // (input, axis, size, step): windows along an axis, their elements as a new last axis.
    public static Value Windows(GraphBuilder graph, NativeCall call)
    {
        int axis = call.Shape(0).Count == 0 ? 0 : call.Shape(0).Axis(call.Integer(1));
        (long size, long step) = (call.Integer(2), call.Integer(3));
        Value starts = graph.Unsqueeze(graph.Mul(graph.Numbers(call, call.ResultSizes()[axis]), graph.Integer(step)), 1); // [W,1]
        // [W,size]
        Value indices = graph.Add(starts, graph.Constant(TensorData.Vector([.. Enumerable.Range(0, (int)size).Select(i => (long)i)])));
        Value windows = graph.Apply("Gather", [call.Tensor(0), indices], new Attributes { ["axis"] = axis }); // [..,W,size,..]
        int rank = call.Shape(0).Count + 1;
        return graph.Transpose(windows, [.. Enumerable.Range(0, rank).Where(i => i != axis + 1).Append(axis + 1).Select(i => (long)i)]);
    }
}
