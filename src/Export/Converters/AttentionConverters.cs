using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Attention: softmax(q k^T / sqrt(E) + mask) v, for q [..,L,E], k [..,S,E], v [..,S,D] (Vaswani et al. 2017, equation 1). From opset 23
/// on it is one node, Attention, where the queries have 3 or 4 axes. A row that a mask hides whole gives 0, as in PyTorch; ONNX leaves it
/// undefined.
/// </summary>
static class AttentionConverters
{
    /// <summary>The opset from which on ONNX has it as an operator.</summary>
    public const int FirstOpset = 23;

    const int Mask = 3, Causal = 5;

    public static IEnumerable<Converter> All => [new("THSNN_scaled_dot_product_attention", Attend)];

    // (q, k, v, mask, dropout, causal)
    static Value Attend(GraphBuilder graph, NativeCall call)
    {
        if (call.Number(4) != 0)
        {
            throw call.Refuse($"it drops at random with p = {call.Number(4)}, which is training");
        }
        return graph.Opset >= FirstOpset && HasSameLeadingAxes(call) ? OneNode(graph, call) : Steps(graph, call);
    }

    // ONNX broadcasts neither batch nor heads; queries [N,L,E] are taken for one head.
    static bool HasSameLeadingAxes(NativeCall call)
    {
        Shape[] shapes = [.. ((int[])[0, 1, 2]).Select(call.Shape)];
        return shapes[0].Count is 3 or 4 && shapes.All(shape => shape.Count == shapes[0].Count
            && shape.SkipLast(2).SequenceEqual(shapes[0].SkipLast(2)) && shape.All(axis => axis != Dim.Unknown));
    }

    static Value OneNode(GraphBuilder graph, NativeCall call)
    {
        bool isOneHead = call.Shape(0).Count == 3;
        Value[] inputs = [.. ((int[])[0, 1, 2]).Select(argument =>
            isOneHead ? graph.Unsqueeze(call.Tensor(argument), 1) : call.Tensor(argument))];
        Attributes? attributes = call.Flag(Causal) ? new Attributes { ["is_causal"] = 1L } : null;
        Value? mask = call.OptionalTensor(Mask);
        Value[] masked = mask is null ? inputs : [.. inputs, WholeMask(graph, call, mask, isOneHead)];
        Value result = graph.Apply("Attention", masked, attributes);
        result = isOneHead ? graph.Squeeze(result, 1) : result;
        return mask is not null && MayHideRows(graph, call, mask)
            ? graph.Where(HiddenRows(graph, call, mask), graph.Scalar(0, result), result) : result;
    }

    // A mask that broadcasts to [N,L,S] or [N,H,L,S], with its last two axes in full length: ONNX Runtime broadcasts only the others.
    static Value WholeMask(GraphBuilder graph, NativeCall call, Value mask, bool isOneHead)
    {
        Shape of = call.Shape(Mask);
        if (of.Count < 2 || of[^2] != call.Shape(0)[^2] || of[^1] != call.Shape(1)[^2])
        {
            long[] leading = [.. of.SkipLast(2).Select(_ => 1L)];
            Value lengths = call.Vector(call.Sizes(0)[^2], call.Sizes(1)[^2]);
            mask = graph.Apply("Expand", [mask, leading.Length == 0 ? lengths
                : graph.Apply("Concat", [graph.Constant(TensorData.Vector(leading)), lengths], new Attributes { ["axis"] = 0 })]);
        }
        return (mask.Shape.Count, isOneHead) switch
        {
            (3, true) => graph.Unsqueeze(mask, 1),
            (3, false) => graph.Unsqueeze(mask, 0),
            _ => mask,
        };
    }

    static Value Steps(GraphBuilder graph, NativeCall call)
    {
        int rank = call.Shape(1).Count;
        double width = call.Shape(0)[^1].Size ?? throw call.Refuse($"the last axis of {call.Shape(0)} must be fixed");
        long[] swapped = [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2];
        // [..,L,S]
        Value scores = graph.MatMul(graph.Scale(call.Tensor(0), 1 / Math.Sqrt(width)), graph.Transpose(call.Tensor(1), swapped));
        if (call.Flag(Causal))
        {
            scores = Keep(graph, scores, Triangle(graph, call));
        }
        Value? mask = call.OptionalTensor(Mask);
        if (mask is not null)
        {
            scores = mask.Type.Element == ElementType.Bool ? Keep(graph, scores, mask) : graph.Add(scores, mask);
        }
        // [..,L,D]
        return graph.MatMul(mask is not null && MayHideRows(graph, call, mask) ? SafeSoftmax(graph, call, scores) : graph.Softmax(scores),
            call.Tensor(2));
    }

    // Whether a row of the mask may hide everything: one that is computed at run time, or a constant with such a row.
    static bool MayHideRows(GraphBuilder graph, NativeCall call, Value mask)
    {
        if (graph.ConstantOf(mask) is not TensorData constant || mask.Shape.Count == 0)
        {
            return true;
        }
        double hidden = constant.Type == ElementType.Bool ? 0 : double.NegativeInfinity;
        return constant.ToDoubles().Chunk((int)constant.Sizes[^1]).Any(row => row.All(value => value == hidden));
    }

    // [..,L,1]
    static Value HiddenRows(GraphBuilder graph, NativeCall call, Value mask)
    {
        bool isBool = mask.Type.Element == ElementType.Bool;
        Value seen = isBool ? graph.Cast(mask, ElementType.Int32) : mask, hidden = graph.Scalar(isBool ? 0 : double.NegativeInfinity, seen);
        Value isHidden = graph.Apply("Equal", [graph.Reduce("ReduceMax", seen, [-1], keep: true), hidden]);
        // A maximum may drop NaN; a sum does not.
        return call.MustKeepNaN(graph, seen)
            ? graph.Apply("And", [isHidden, graph.Apply("Equal", [graph.Reduce("ReduceSum", seen, [-1], keep: true), hidden])])
            : isHidden;
    }

    static Value SafeSoftmax(GraphBuilder graph, NativeCall call, Value scores)
    {
        Value isHidden = HiddenRows(graph, call, scores), zero = graph.Scalar(0, scores);
        return graph.Where(isHidden, zero, graph.Softmax(graph.Where(isHidden, zero, scores)));
    }

    static Value Keep(GraphBuilder graph, Value scores, Value mask) =>
        graph.Apply("Where", [mask, scores, graph.Scalar(double.NegativeInfinity, scores)]);

    // Position l sees positions 0..l.
    static Value Triangle(GraphBuilder graph, NativeCall call) =>
        graph.Apply("LessOrEqual", [graph.Numbers(call, call.Sizes(1)[^2]), graph.Unsqueeze(graph.Numbers(call, call.Sizes(0)[^2]), 1)]);
}
