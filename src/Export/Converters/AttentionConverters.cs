using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>
/// Attention: softmax(q k^T / sqrt(E) + mask) v, for q [..,L,E], k [..,S,E], v [..,S,D] (Vaswani et al. 2017, equation 1).
/// </summary>
static class AttentionConverters
{
    public static IEnumerable<Converter> All => [new("THSNN_scaled_dot_product_attention", Attend)];

    // (q, k, v, mask, dropout, causal)
    static Value Attend(GraphBuilder graph, NativeCall call)
    {
        if (call.Number(4) != 0)
        {
            throw call.Refuse($"it drops at random with p = {call.Number(4)}, which is training");
        }
        int rank = call.Shape(1).Count;
        // From opset 23 on ONNX has it whole; a row that a mask hides is NaN there and 0 in PyTorch.
        if (graph.Opset >= 23 && !call.IsGiven(3) && ((int[])[0, 1, 2]).All(argument => call.Shape(argument).Count == 4)
            && call.Shape(0)[1] == call.Shape(1)[1] && call.Shape(1)[1] == call.Shape(2)[1])
        {
            return graph.Apply("Attention", [call.Tensor(0), call.Tensor(1), call.Tensor(2)],
                call.Flag(5) ? new Attributes { ["is_causal"] = 1L } : null);
        }
        double width = call.Shape(0)[^1].Size ?? throw call.Refuse($"the last axis of {call.Shape(0)} must be fixed");
        long[] swapped = [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2];
        // [..,L,S]
        Value scores = graph.MatMul(graph.Scale(call.Tensor(0), 1 / Math.Sqrt(width)), graph.Transpose(call.Tensor(1), swapped));
        if (call.Flag(5))
        {
            scores = Keep(graph, scores, Triangle(graph, call));
        }
        if (call.OptionalTensor(3) is Value mask)
        {
            scores = mask.Type.Element == ElementType.Bool ? Keep(graph, scores, mask) : graph.Add(scores, mask);
        }
        // [..,L,D]
        return graph.MatMul(call.IsGiven(3) && !call.IsConstant(3) ? SafeSoftmax(graph, scores) : graph.Softmax(scores), call.Tensor(2));
    }

    // A row of which a mask hides everything at run time has no weights: 0, as in PyTorch.
    static Value SafeSoftmax(GraphBuilder graph, Value scores)
    {
        Value isHidden =
            graph.Apply("Equal", [graph.Reduce("ReduceMax", scores, [-1], keep: true), graph.Scalar(double.NegativeInfinity, scores)]);
        Value zero = graph.Scalar(0, scores);
        return graph.Where(isHidden, zero, graph.Softmax(graph.Where(isHidden, zero, scores)));
    }

    static Value Keep(GraphBuilder graph, Value scores, Value mask) =>
        graph.Apply("Where", [mask, scores, graph.Scalar(double.NegativeInfinity, scores)]);

    // Position l sees positions 0..l.
    static Value Triangle(GraphBuilder graph, NativeCall call) =>
        graph.Apply("LessOrEqual", [graph.Numbers(call, call.Sizes(1)[^2]), graph.Unsqueeze(graph.Numbers(call, call.Sizes(0)[^2]), 1)]);
}
