using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;
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
            EncoderLayer(graph, Options(call.OpaqueModule(0).Arguments, 1, 4), Own(call), Sequence.Of(call, 1, 2, 3))),
        new("THSNN_TransformerEncoder_forward", (graph, call) =>
            Encoder(graph, Layer(call), call.OpaqueModule(0).Integer(1), Own(call), Sequence.Of(call, 1, 2, 3))),
        // (module, target, memory, target mask, memory mask, mask of target keys, mask of memory keys)
        new("THSNN_TransformerDecoderLayer_forward", (graph, call) =>
            DecoderLayer(graph, Options(call.OpaqueModule(0).Arguments, 1, 4), Own(call), Sequence.Of(call, 1, 3, 5),
                Sequence.Of(call, 2, 4, 6))),
        new("THSNN_TransformerDecoder_forward", (graph, call) =>
            Decoder(graph, Layer(call), call.OpaqueModule(0).Integer(1), Own(call), Sequence.Of(call, 1, 3, 5),
                Sequence.Of(call, 2, 4, 6))),
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

    /// <summary>A sequence and the masks of those that attend to it.</summary>
    /// <param name="Value">[L,N,E].</param>
    /// <param name="Masks">The masks.</param>
    sealed record Sequence(Value Value, Masks Masks)
    {
        /// <summary>The arguments of a call: the sequence, a mask [L,S], and a mask of keys [N,S].</summary>
        public static Sequence Of(NativeCall call, int value, int mask, int keys) => new(call.Tensor(value), new Masks(call, mask, keys));
    }

    static Value EncoderLayer(GraphBuilder graph, LayerOptions options, Weights weights, Sequence source)
    {
        (Value x, Masks masks) = source;
        Value attended = Attend(graph, weights.Of("self_attn"), options.Heads, new Inputs(x, x, x), masks, needWeights: false)[0];
        return FeedForward(graph, options, weights, Normalized(graph, weights, "norm1", graph.Add(x, attended)), "norm2");
    }

    static Value DecoderLayer(GraphBuilder graph, LayerOptions options, Weights weights, Sequence target, Sequence memory)
    {
        (Value x, Masks masks) = target;
        Value attended = Attend(graph, weights.Of("self_attn"), options.Heads, new Inputs(x, x, x), masks, needWeights: false)[0];
        Value y = Normalized(graph, weights, "norm1", graph.Add(x, attended));
        attended = Attend(graph, weights.Of("multihead_attn"), options.Heads, new Inputs(y, memory.Value, memory.Value), memory.Masks,
            needWeights: false)[0];
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

    static Value Encoder(GraphBuilder graph, LayerOptions options, long layers, Weights weights, Sequence source) =>
        Finished(graph, weights, Enumerable.Range(0, (int)layers).Aggregate(source.Value, (x, layer) =>
            EncoderLayer(graph, options, weights.Of($"layers.{layer}"), source with { Value = x })));

    static Value Decoder(GraphBuilder graph, LayerOptions options, long layers, Weights weights, Sequence target, Sequence memory) =>
        Finished(graph, weights, Enumerable.Range(0, (int)layers).Aggregate(target.Value, (x, layer) =>
            DecoderLayer(graph, options, weights.Of($"layers.{layer}"), target with { Value = x }, memory)));

    static Value Finished(GraphBuilder graph, Weights weights, Value x) => weights.Optional("norm.weight") is null ? x
        : Normalized(graph, weights, "norm", x);

    // (module, source, target, source mask, target mask, memory mask, and three masks of keys); constructor: (width, heads, encoder layers,
    // decoder layers, ..)
    static Value Whole(GraphBuilder graph, NativeCall call)
    {
        OpaqueModule module = call.OpaqueModule(0);
        LayerOptions options = Options(module.Arguments, 1, 6);
        Value memory = Encoder(graph, options, module.Integer(2), Own(call).Of("encoder"), Sequence.Of(call, 1, 3, 6));
        return Decoder(graph, options, module.Integer(3), Own(call).Of("decoder"), Sequence.Of(call, 2, 4, 7),
            new Sequence(memory, new Masks(call, 5, 8)));
    }
}
