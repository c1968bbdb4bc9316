using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Attention of several heads (Vaswani et al. 2017, section 3.2.2) on query [L,N,E], key [S,N,..] and value [S,N,..]. Native arguments:
/// (module, query, key, value, mask of keys [N,S], need weights, mask [L,S], out result, out weights).
/// </summary>
static class MultiheadConverters
{
    public static IEnumerable<Converter> All => [new("THSNN_MultiheadAttention_forward", Forward)];

    // Constructor: (width, heads, dropout, bias, add_bias_kv, add_zero_attn, key width, value width).
    static Value[] Forward(GraphBuilder graph, NativeCall call)
    {
        OpaqueModule module = call.OpaqueModule(0);
        if (module.Flag(4) || module.Flag(5))
        {
            throw call.Refuse("'add_bias_kv' and 'add_zero_attn' have no mapping");
        }
        var masks = new Masks(call, Attention: 6, Keys: 4);
        return Attend(graph, new Weights(call, module, ""), module.Integer(1), new Inputs(call.Tensor(1), call.Tensor(2), call.Tensor(3)),
            masks, call.Flag(5));
    }

    /// <summary>What attends to what.</summary>
    /// <param name="Query">[L,N,E].</param>
    /// <param name="Key">[S,N,..].</param>
    /// <param name="Value">[S,N,..].</param>
    public sealed record Inputs(Value Query, Value Key, Value Value);

    /// <summary>Where a call has its masks.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Attention">Argument of the mask [L,S].</param>
    /// <param name="Keys">Argument of the mask [N,S].</param>
    public sealed record Masks(NativeCall Call, int Attention, int Keys)
    {
        /// <summary>Whether the call gives one.</summary>
        public bool IsGiven => Call.IsGiven(Attention) || Call.IsGiven(Keys);
    }

    /// <summary>Weights of a module, or of a part of it.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Module">The module.</param>
    /// <param name="Part">Prefix of the part's weights, such as "layers.0.self_attn."; "" for the module.</param>
    public sealed record Weights(NativeCall Call, OpaqueModule Module, string Part)
    {
        public Value this[string name] => Call.State(Module, Part + name);

        public Value? Optional(string name) => Module.Has(Part + name) ? this[name] : null;

        public Weights Of(string part) => this with { Part = $"{Part}{part}." };

        /// <summary>x * weight^T + bias.</summary>
        public Value Linear(GraphBuilder graph, Value x, string prefix)
        {
            Value product = graph.MatMul(x, graph.Transpose(this[$"{prefix}weight"], 1, 0));
            return Optional($"{prefix}bias") is Value bias ? graph.Add(product, bias) : product;
        }
    }

    /// <summary>The result [L,N,E], and, if wanted, the weights [N,L,S], averaged over the heads.</summary>
    public static Value[] Attend(GraphBuilder graph, Weights weights, long heads, Inputs inputs, Masks masks, bool needWeights)
    {
        (Value query, Value key, Value value) = inputs;
        long width = weights["out_proj.weight"].Shape[0].Size!.Value, size = width / heads;
        Value q = Heads(Projected(graph, weights, query, 0, width)); // [N,heads,L,size]
        if (graph.Opset >= AttentionConverters.FirstOpset && !needWeights && !masks.IsGiven)
        {
            return [Joined(graph.Apply("Attention",
                [q, Heads(Projected(graph, weights, key, 1, width)), Heads(Projected(graph, weights, value, 2, width))]))];
        }
        q = graph.Scale(q, 1 / Math.Sqrt(size));
        Value k = Heads(Projected(graph, weights, key, 1, width)), v = Heads(Projected(graph, weights, value, 2, width));
        Value attention = graph.Softmax(Masked(graph, graph.MatMul(q, graph.Transpose(k, 0, 1, 3, 2)), masks)); // [N,heads,L,S]
        Value result = Joined(graph.MatMul(attention, v));
        return needWeights ? [result, graph.Reduce("ReduceMean", attention, [1])] : [result];

        // [N,heads,L,size] to [L,N,E]
        Value Joined(Value mixed) =>
            weights.Linear(graph, graph.Reshape(graph.Transpose(mixed, 2, 0, 1, 3), 0, 0, width), "out_proj.");

        Value Heads(Value x) => graph.Transpose(graph.Reshape(x, 0, 0, heads, size), 1, 2, 0, 3);
    }

    // Query, key or value by its third of the common weight, or by a weight of its own where widths differ.
    static Value Projected(GraphBuilder graph, Weights weights, Value x, int third, long width)
    {
        Value weight = weights.Optional("in_proj_weight") is Value all ? graph.Slice(all, 0, third * width, (third + 1) * width)
            : weights[$"{"qkv"[third]}_proj_weight"];
        Value product = graph.MatMul(x, graph.Transpose(weight, 1, 0));
        return weights.Optional("in_proj_bias") is Value bias ? graph.Add(product, graph.Slice(bias, 0, third * width, (third + 1) * width))
            : product;
    }

    // The mask [L,S] is added at any type: libtorch adds 1 for true as well. Masked keys get no weight.
    static Value Masked(GraphBuilder graph, Value scores, Masks masks)
    {
        NativeCall call = masks.Call;
        if (call.OptionalTensor(masks.Attention) is Value mask)
        {
            scores = graph.Add(scores, graph.Cast(mask, scores.Type.Element));
        }
        return call.OptionalTensor(masks.Keys) is Value keys
            // [N,1,1,S]
            ? graph.Where(graph.Cast(graph.Unsqueeze(keys, 1, 2), ElementType.Bool), graph.Scalar(double.NegativeInfinity, scores), scores)
            : scores;
    }
}
