using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// From a set of parts to one code per object (Lee et al. 2019, "Set Transformer", as Kosiorek et al. 2019 use it: without inducing
/// points): three blocks of self-attention, then attention from one learned query per object.
/// </summary>
sealed class SetTransformer : nn.Module<Tensor, Tensor, Tensor>
{
    const int BlockCount = 3;

    readonly Linear token, code;
    readonly ModuleList<SelfAttentionBlock> blocks;
    readonly Parameter queries; // [1,O,D]
    readonly PresenceAttention gather;

    /// <summary>A transformer of tokens of <paramref name="inputSize"/> numbers.</summary>
    public SetTransformer(int inputSize, CapsulesOptions options) : base(nameof(SetTransformer))
    {
        token = CapsuleLayers.Linear(inputSize, options.TokenSize);
        blocks = [];
        for (int i = 0; i < BlockCount; i++)
        {
            blocks.Add(new SelfAttentionBlock(options.TokenSize));
        }
        code = CapsuleLayers.Linear(options.TokenSize, options.CodeSize);
        queries = CapsuleLayers.Glorot(options.ObjectCount, options.CodeSize, 1, options.ObjectCount, options.CodeSize);
        gather = new PresenceAttention(options.CodeSize);
        RegisterComponents();
    }

    /// <summary>Codes [N,O,D] of tokens [N,P,I] that are there with <paramref name="presence"/> [N,P].</summary>
    public override Tensor forward(Tensor tokens, Tensor presence)
    {
        Tensor x = token.call(tokens); // [N,P,K]
        foreach (SelfAttentionBlock block in blocks)
        {
            x = block.call(x, presence); // [N,P,K]
        }
        return gather.call(queries, code.call(x), presence); // [N,O,D]
    }
}

/// <summary>Attention, residual, presence, normalisation, then two layers d - 2d - d with residual and normalisation.</summary>
sealed class SelfAttentionBlock : nn.Module<Tensor, Tensor, Tensor>
{
    readonly PresenceAttention attention;
    readonly LayerNorm attended, mixed;
    readonly Linear wide, narrow;

    /// <summary>A block of tokens of <paramref name="size"/> numbers.</summary>
    public SelfAttentionBlock(int size) : base(nameof(SelfAttentionBlock))
    {
        attention = new PresenceAttention(size);
        attended = nn.LayerNorm(size);
        wide = CapsuleLayers.Linear(size, 2 * size);
        narrow = CapsuleLayers.Linear(2 * size, size);
        mixed = nn.LayerNorm(size);
        RegisterComponents();
    }

    /// <summary>New tokens [N,P,K].</summary>
    public override Tensor forward(Tensor tokens, Tensor presence)
    {
        Tensor x = (attention.call(tokens, tokens, presence) + tokens) * presence.unsqueeze(-1); // [N,P,K]
        x = attended.call(x); // [N,P,K]
        return mixed.call(narrow.call(nn.functional.relu(wide.call(x))) + x); // [N,P,K]
    }
}

/// <summary>
/// Attention with one head whose logits have the logarithm of presence added, so that a part counts as much as it is there. The authors
/// subtract (1 - presence) * 1e32, by which in single precision all but the most present parts are as good as absent.
/// </summary>
sealed class PresenceAttention : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    const double Floor = 1e-16; // of a presence, so that its logarithm is finite

    readonly Linear query, key, value, output;
    readonly double scale;

    /// <summary>Attention over tokens of <paramref name="size"/> numbers.</summary>
    public PresenceAttention(int size) : base(nameof(PresenceAttention))
    {
        (query, key, value, output) = (CapsuleLayers.Linear(size, size), CapsuleLayers.Linear(size, size), CapsuleLayers.Linear(size, size),
            CapsuleLayers.Linear(size, size));
        scale = 1 / Math.Sqrt(size);
        RegisterComponents();
    }

    /// <summary>
    /// What queries [1 or N,Q,D] gather from tokens [N,P,D] that are there with <paramref name="presence"/> [N,P]: [N,Q,D].
    /// </summary>
    public override Tensor forward(Tensor queries, Tensor tokens, Tensor presence)
    {
        Tensor logits = query.call(queries).matmul(key.call(tokens).transpose(1, 2)) * scale; // [N,Q,P]
        Tensor share = (logits + presence.clamp_min(Floor).log().unsqueeze(1)).softmax(2); // [N,Q,P]
        return output.call(share.matmul(value.call(tokens))); // [N,Q,D]
    }
}
