using Toolchain.Export.Conversion;
using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Export.Converters;

/// <summary>
/// Rows of a weight [K,D] by index: (module, indices), and for bags (module, indices [N,L], offsets, weights of samples).
/// </summary>
static class EmbeddingConverters
{
    // Positions in the constructor's arguments of an EmbeddingBag, with or without given weights.
    const int BagMode = 6, BagLastOffset = 8, BagPadding = 9;

    // Position of the largest norm; behind it whether there is one, and which norm it is.
    const int MaxNorm = 4, BagMaxNorm = 2;

    public static IEnumerable<Converter> All =>
    [
        new("THSNN_Embedding_forward", (graph, call) => Rows(graph, call)),
        new("THSNN_EmbeddingBag_forward", Bag),
    ];

    static Value Rows(GraphBuilder graph, NativeCall call)
    {
        OpaqueModule module = call.OpaqueModule(0);
        Value rows = graph.Apply("Gather", [Weight(call, module), graph.Cast(call.Tensor(1), ElementType.Int64)],
            new Attributes { ["axis"] = 0 });
        int limit = module.Instance is EmbeddingBag ? BagMaxNorm : MaxNorm;
        return module.Flag(limit + 1) ? Limited(graph, call, rows, module.Number(limit), module.Number(limit + 2)) : rows;
    }

    // Rows longer than the limit are shortened to it: x * limit / (|x|_p + 1e-7).
    static Value Limited(GraphBuilder graph, NativeCall call, Value rows, double limit, double p)
    {
        Value length = ReductionConverters.Norm(graph, call, rows, p, [-1], keep: true);
        Value shortened = graph.Mul(rows, graph.Div(graph.Scalar(limit, length), graph.Shift(length, 1e-7)));
        return graph.Where(graph.Apply("Greater", [length, graph.Scalar(limit, length)]), shortened, rows);
    }

    // TorchSharp 0.107.0: of an embedding made from given weights, the state dict still has the random ones that it was first made with.
    static Value Weight(NativeCall call, OpaqueModule module)
    {
        using Tensor? used = module.Instance switch { Embedding embedding => embedding.weight, EmbeddingBag bag => bag.weight, _ => null };
        TensorData? content = used is null ? null : NativeTensor.View(used);
        return content is null || content.Digest() == module.Weight("weight").Digest()
            ? call.State(module, "weight")
            : call.Packed(module, "pretrained_weight", () => content);
    }

    static Value Bag(GraphBuilder graph, NativeCall call)
    {
        OpaqueModule module = call.OpaqueModule(0);
        if (module.Integer(BagPadding) >= 0)
        {
            throw call.Refuse("'padding_idx' leaves out rows, which has no ONNX form here");
        }
        if (call.OptionalTensor(2) is Value offsets)
        {
            return Ragged(graph, call, module, offsets);
        }
        Value rows = Rows(graph, call); // [N,L,D]
        rows = call.OptionalTensor(3) is Value weights ? graph.Mul(rows, graph.Unsqueeze(weights, -1)) : rows;
        return graph.Reduce(module.Integer(BagMode) switch { 0 => "ReduceSum", 1 => "ReduceMean", _ => "ReduceMax" }, rows, [1]);
    }

    // Bag b has the places offsets[b] .. offsets[b + 1] - 1 of indices [L]; an empty one gives 0.
    static Value Ragged(GraphBuilder graph, NativeCall call, OpaqueModule module, Value offsets)
    {
        Value rows = Rows(graph, call); // [L,D]
        rows = call.OptionalTensor(3) is Value weights ? graph.Mul(rows, graph.Unsqueeze(weights, -1)) : rows;
        Value starts = graph.Cast(offsets, ElementType.Int64), places = graph.Numbers(call, call.Sizes(1)[0]); // [B], [L]
        Value all = graph.Apply("Shape", [call.Tensor(1)]), next = graph.Slice(starts, 0, 1, long.MaxValue);
        bool hasLast = module.Flag(BagLastOffset);
        Value ends = hasLast ? next : graph.Apply("Concat", [next, all], new Attributes { ["axis"] = 0 });
        starts = hasLast ? graph.Slice(starts, 0, 0, -1) : starts;
        Value isIn = graph.Apply("And", [graph.Apply("GreaterOrEqual", [places, graph.Unsqueeze(starts, 1)]),
            graph.Apply("Less", [places, graph.Unsqueeze(ends, 1)])]); // [B,L]
        Value count = graph.Unsqueeze(graph.Cast(graph.Sub(ends, starts), rows.Type.Element), 1); // [B,1]
        if (module.Integer(BagMode) == 2)
        {
            Value kept = graph.Where(graph.Unsqueeze(isIn, -1), rows, graph.Scalar(double.NegativeInfinity, rows)); // [B,L,D]
            Value isEmpty = graph.Apply("Equal", [count, graph.Scalar(0, count)]);
            return graph.Where(isEmpty, graph.Scalar(0, rows), graph.Reduce("ReduceMax", kept, [1]));
        }
        Value sum = graph.MatMul(graph.Cast(isIn, rows.Type.Element), rows); // [B,D]
        return module.Integer(BagMode) == 0 ? sum : graph.Div(sum, graph.Clip(count, 1, null));
    }
}
