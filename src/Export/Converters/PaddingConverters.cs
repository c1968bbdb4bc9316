using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Padding: (input, pad*, length, mode, value), with the begin and end of the last axis first, then of the one before it.
/// </summary>
static class PaddingConverters
{
    public static IEnumerable<Converter> All => [new("THSNN_pad", Pad)];

    static Value Pad(GraphBuilder graph, NativeCall call)
    {
        Quantity[] pads = call.Quantities(1);
        int rank = call.Shape(0).Count;
        var none = new Quantity([.. call.Sizes(0)[0].Values.Select(_ => 0L)]);
        Quantity[] begin = [.. Enumerable.Repeat(none, rank)], end = [.. Enumerable.Repeat(none, rank)];
        for (int i = 0; i < pads.Length / 2; i++)
        {
            (begin[rank - 1 - i], end[rank - 1 - i]) = (pads[2 * i], pads[2 * i + 1]);
        }
        return call.Integer(3) switch
        {
            0 or 4 =>
                graph.Apply("Pad", [call.Tensor(0), call.Vector([.. begin, .. end]),
                graph.Constant(TensorData.Scalar(call.Number(4), call.ResultType()))]),
            1 => graph.Apply("Pad", [call.Tensor(0), call.Vector([.. begin, .. end])], new Attributes { ["mode"] = "reflect" }),
            2 => graph.Apply("Pad", [call.Tensor(0), call.Vector([.. begin, .. end])], new Attributes { ["mode"] = "edge" }),
            3 => Circular(graph, call, [.. begin.Select(Fixed)], [.. end.Select(Fixed)]),
            long mode => throw call.Refuse($"'mode' must be in [0..4], found {mode}"),
        };

        long Fixed(Quantity pad) => pad.Constant is long number and >= 0 ? number
            : throw call.Refuse($"circular pads must be fixed and at least 0, found {pad}");
    }

    // The end of an axis is put before it, its beginning behind it; Pad can do that from opset 19 only.
    static Value Circular(GraphBuilder graph, NativeCall call, long[] begin, long[] end)
    {
        Value x = call.Tensor(0);
        for (int axis = 0; axis < begin.Length; axis++)
        {
            List<Value> parts = [x];
            if (begin[axis] > 0)
            {
                parts.Insert(0, graph.Slice(x, axis, -begin[axis], long.MaxValue));
            }
            if (end[axis] > 0)
            {
                parts.Add(graph.Slice(x, axis, 0, end[axis]));
            }
            x = parts.Count == 1 ? x : graph.Apply("Concat", [.. parts], new Attributes { ["axis"] = axis });
        }
        return x;
    }
}
