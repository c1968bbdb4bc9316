using Toolchain.Export.Conversion;
using Toolchain.Graph;
using static Toolchain.Export.Converters.MultiheadConverters;

namespace Toolchain.Export.Converters;

/// <summary>
/// Transformer layers as libtorch has them: attention and a network of two linear layers, each added to its input and normalised after that
/// (Vaswani et al. 2017, section 3.1), on sequences [L,N,E].
/// </summary>
static class TransformerConverters
{
    // libtorch's default; TorchSharp has no way to set another one.
    const double Epsilon = 1e-5;

    public static IEnumerable<Converter> All =>
    [
        // (module, source, mask, mask of keys)
        new("THSNN_TransformerEncoderLayer_forward", (graph, call) =>
            EncoderLayer(graph, call, Options(call.OpaqueModule(0).Arguments, 1, 4), Own(call), call.Tensor(1), new Masks(call, 2, 3))),
        new("THSNN_TransformerEncoder_forward", (graph, call) =>
            Encoder(graph, call, Layer(call), call.OpaqueModule(0).Integer(1), Own(call), call.Tensor(1), new Masks(call, 2, 3))),
        // (module, target, memory, target mask, memory mask, mask of target keys, mask of memory keys)
        new("THSNN_TransformerDecoderLayer_forward", (graph, call) =>
            DecoderLayer(graph, call, Options(call.OpaqueModule(0).Arguments, 1, 4), Own(call), call.Tensor(1), call.Tensor(2),
            new Masks(call, 3, 5), new Masks(call, 4, 6))),
        new("THSNN_TransformerDecoder_forward", (graph, call) =>
            Decoder(graph, call, Layer(call), call.OpaqueModule(0).Integer(1), Own(call), call.Tensor(1), call.Tensor(2),
            new Masks(call, 3, 5), new Masks(call, 4, 6))),
        new("THSNN_Transformer_forward", Whole),
    ];

    /// <summary>What the constructor of a layer was given.</summary>
    /// <param name="Heads">Number of heads.</param>
    /// <param name="IsGelu">GELU between the linear layers, otherwise ReLU.</param>
    sealed record LayerOptions(long Heads, bool IsGelu);

    static LayerOptions Options(IReadOnlyList<object?> arguments, int heads, int activation) =>
        new((long)arguments[heads]!, (long)arguments[activation]! == 1);

    // Constructor of a stack: (layer, number of layers).
    static LayerOptions Layer(NativeCall call) => call.OpaqueModule(0).Arguments[0] is object?[] layer
        ? Options(layer, 1, 4)
        : throw call.Refuse("nothing is known of the layer that it was made of");

    static Weights Own(NativeCall call) => new(call, call.OpaqueModule(0), "");

    static Value EncoderLayer(GraphBuilder graph, NativeCall call, LayerOptions options, Weights weights, Value x, Masks masks)
    {
        Value attended = Attend(graph, call, weights.Of("self_attn"), options.Heads, x, x, x, masks, needWeights: false)[0];
        return FeedForward(graph, options, weights, Normalized(graph, weights, "norm1", graph.Add(x, attended)), "norm2");
    }

    static Value DecoderLayer(GraphBuilder graph, NativeCall call, LayerOptions options, Weights weights, Value x, Value memory,
        Masks masks, Masks memoryMasks)
    {
        Value attended = Attend(graph, call, weights.Of("self_attn"), options.Heads, x, x, x, masks, needWeights: false)[0];
        Value y = Normalized(graph, weights, "norm1", graph.Add(x, attended));
        attended = Attend(graph, call, weights.Of("multihead_attn"), options.Heads, y, memory, memory, memoryMasks, needWeights: false)[0];
        return FeedForward(graph, options, weights, Normalized(graph, weights, "norm2", graph.Add(y, attended)), "norm3");
    }

    static Value FeedForward(GraphBuilder graph, LayerOptions options, Weights weights, Value x, string norm)
    {
        Value hidden = weights.Linear(graph, x, "linear1.");
        hidden = options.IsGelu ? ActivationConverters.GeluByErf(graph, hidden) : graph.Unary("Relu", hidden);
        return Normalized(graph, weights, norm, graph.Add(x, weights.Linear(graph, hidden, "linear2.")));
    }

    static Value Normalized(GraphBuilder graph, Weights weights, string norm, Value x) =>
        NormalizationConverters.LayerNorm(graph, x, 1, weights[$"{norm}.weight"], weights[$"{norm}.bias"], Epsilon);

    static Value Encoder(GraphBuilder graph, NativeCall call, LayerOptions options, long layers, Weights weights, Value x, Masks masks) =>
        Finished(graph, weights,
        Enumerable.Range(0, (int)layers)
            .Aggregate(x, (y, layer) => EncoderLayer(graph, call, options, weights.Of($"layers.{layer}"), y, masks)));

    static Value Decoder(GraphBuilder graph, NativeCall call, LayerOptions options, long layers, Weights weights, Value x, Value memory,
        Masks masks, Masks memoryMasks) => Finished(graph, weights,
        Enumerable.Range(0, (int)layers)
            .Aggregate(x, (y, layer) => DecoderLayer(graph, call, options, weights.Of($"layers.{layer}"), y, memory, masks, memoryMasks)));

    static Value Finished(GraphBuilder graph, Weights weights, Value x) => weights.Optional("norm.weight") is null ? x
        : Normalized(graph, weights, "norm", x);

    // (module, source, target, source mask, target mask, memory mask, and three masks of keys); constructor: (width, heads, encoder layers,
    // decoder layers, ..)
    static Value Whole(GraphBuilder graph, NativeCall call)
    {
        OpaqueModule module = call.OpaqueModule(0);
        LayerOptions options = Options(module.Arguments, 1, 6);
        Value memory = Encoder(graph, call, options, module.Integer(2), Own(call).Of("encoder"), call.Tensor(1), new Masks(call, 3, 6));
        return Decoder(graph, call, options, module.Integer(3), Own(call).Of("decoder"), call.Tensor(2), memory, new Masks(call, 4, 7),
            new Masks(call, 5, 8));
    }
}
