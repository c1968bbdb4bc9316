using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Networks;

/// <summary>A set transformer (Lee et al. 2019): points [N,P,3] of any number to one vector [N,D], whatever their order.</summary>
sealed class SetTransformer : nn.Module<Tensor, Tensor>
{
    readonly Linear enter;
    readonly InducedBlock induced;
    readonly AttentionBlock pooling;
    readonly Parameter seed;

    public SetTransformer(long width = 8, long heads = 2) : base(nameof(SetTransformer))
    {
        enter = nn.Linear(3, width);
        induced = new InducedBlock(width, heads, 4);
        pooling = new AttentionBlock(width, heads);
        seed = nn.Parameter(randn(1, 1, width));
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor points) // [N,P,3]
    {
        Tensor x = induced.call(enter.call(points)); // [N,P,D]
        return pooling.call(seed.repeat(x.shape[0], 1, 1), x).squeeze(1); // [N,D]
    }

    /// <summary>MAB of the paper: x attends to y, then a layer of its own.</summary>
    sealed class AttentionBlock : nn.Module<Tensor, Tensor, Tensor>
    {
        readonly MultiheadAttention attention;
        readonly LayerNorm norm1, norm2;
        readonly Linear linear;

        public AttentionBlock(long width, long heads) : base(nameof(AttentionBlock))
        {
            attention = nn.MultiheadAttention(width, heads);
            (norm1, norm2, linear) = (nn.LayerNorm(width), nn.LayerNorm(width), nn.Linear(width, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor y) // [N,L,D], [N,S,D]
        {
            (Tensor query, Tensor key) = (x.transpose(0, 1), y.transpose(0, 1));
            Tensor h = norm1.call(x + attention.call(query, key, key).Item1.transpose(0, 1));
            return norm2.call(h + nn.functional.relu(linear.call(h)));
        }
    }

    /// <summary>ISAB of the paper: few learned points attend to the set, and the set to them.</summary>
    sealed class InducedBlock : nn.Module<Tensor, Tensor>
    {
        readonly Parameter points;
        readonly AttentionBlock gather, spread;

        public InducedBlock(long width, long heads, long count) : base(nameof(InducedBlock))
        {
            points = nn.Parameter(randn(1, count, width));
            (gather, spread) = (new AttentionBlock(width, heads), new AttentionBlock(width, heads));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => spread.call(x, gather.call(points.expand(x.shape[0], -1, -1), x));
    }
}
