using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Packed sequences: in the graph they stay padded [L,N,..], and recurrent layers are given their lengths. Sorting by length, which PyTorch
/// does inside, is not needed.
/// </summary>
static class PackedConverters
{
    public static IEnumerable<Converter> All =>
    [
        // (padded, lengths, batch first, whether they are sorted)
        new("THSNN_pack_padded_sequence", (graph, call) => call.Flag(2) ? TimeFirst(graph, call.Tensor(0)) : call.Tensor(0)),
        // (packed, batch first, padding, total length, out padded, out lengths)
        new("THSNN_pad_packed_sequence", Padded),
        .. ((string[])["data", "sorted_indices", "unsorted_indices"]).Select(part =>
            new Converter($"THSNN_PackedSequence_{part}", (_, _) => new Value?[] { null })),
    ];

    static Value TimeFirst(GraphBuilder graph, Value x) =>
        graph.Transpose(x, [1, 0, .. Enumerable.Range(2, x.Shape.Count - 2).Select(axis => (long)axis)]);

    /// <summary>Lengths [N] of a packed sequence, from the call that made it.</summary>
    public static Value Lengths(NativeCall maker) => maker.Entry switch
    {
        "THSNN_pack_padded_sequence" => maker.Tensor(1),
        _ => Lengths(maker.Maker(1)),
    };

    // Cut to the longest sequence or a given length; what lies behind the end of a sequence is the padding.
    static Value[] Padded(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0), lengths = Lengths(call.Maker(0)), one = graph.Constant(TensorData.Vector(1));
        Value time = graph.Apply("Gather", [graph.Apply("Shape", [x]), graph.Constant(TensorData.Vector(0))],
            new Attributes { ["axis"] = 0 });
        Value longest = graph.Reduce("ReduceMax", lengths, [0], keep: true), wanted = longest;
        if (!call.IsFixed(3) || call.Integer(3) > 0)
        {
            wanted = call.Vector(call.Quantity(3));
            Value missing = graph.Apply("Max", [graph.Sub(wanted, time), graph.Constant(TensorData.Vector(0))]);
            Value none = graph.Constant(TensorData.Vector(new long[x.Shape.Count])),
                rest = graph.Constant(TensorData.Vector(new long[x.Shape.Count - 1]));
            x = graph.Apply("Pad", [x, graph.Apply("Concat", [none, missing, rest], new Attributes { ["axis"] = 0 }), graph.Scalar(0, x)]);
        }
        x = graph.Apply("Slice", [x, graph.Constant(TensorData.Vector(0)), wanted, graph.Constant(TensorData.Vector(0))]);
        Value numbers = graph.Apply("Range", [graph.Integer(0), graph.Squeeze(wanted, 0), graph.Integer(1)]);
        Value isIn = graph.Apply("Less", [graph.Unsqueeze(numbers, 1), lengths]); // [L,N]
        isIn = graph.Unsqueeze(isIn, [.. Enumerable.Range(2, x.Shape.Count - 2).Select(axis => (long)axis)]);
        x = graph.Where(isIn, x, graph.Scalar(call.Number(2), x));
        return [call.Flag(1) ? TimeFirst(graph, x) : x, lengths];
    }
}
