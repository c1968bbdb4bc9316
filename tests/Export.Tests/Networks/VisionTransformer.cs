using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests.Networks;

/// <summary>A vision transformer (Dosovitskiy et al. 2021): patches, a class token, learned positions, pre-normalised blocks.</summary>
sealed class VisionTransformer : nn.Module<Tensor, Tensor>
{
    readonly Conv2d patches;
    readonly Parameter token, positions;
    readonly ModuleList<Block> blocks = [];
    readonly LayerNorm norm;
    readonly Linear head;

    public VisionTransformer(long size = 16, long patch = 4, long width = 16, int depth = 2, long heads = 4, long classes = 10)
        : base(nameof(VisionTransformer))
    {
        patches = nn.Conv2d(3, width, patch, stride: patch);
        token = nn.Parameter(randn(1, 1, width) * 0.02);
        positions = nn.Parameter(randn(1, size / patch * (size / patch) + 1, width) * 0.02);
        for (int i = 0; i < depth; i++)
        {
            blocks.Add(new Block(width, heads));
        }
        norm = nn.LayerNorm(width, eps: 1e-6);
        head = nn.Linear(width, classes);
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor image) // [N,3,S,S]
    {
        Tensor x = patches.call(image).flatten(2).transpose(1, 2); // [N,P,D]
        x = cat([token.expand(x.shape[0], -1, -1), x], 1) + positions; // [N,P+1,D]
        foreach (Block block in blocks)
        {
            x = block.call(x);
        }
        return head.call(norm.call(x)[TensorIndex.Colon, 0]); // [N,K]
    }

    /// <summary>Attention and a network of two layers, each on normalised input and added to it.</summary>
    sealed class Block : nn.Module<Tensor, Tensor>
    {
        readonly long heads;
        readonly LayerNorm norm1, norm2;
        readonly Linear qkv, projection;
        readonly Sequential network;

        public Block(long width, long heads) : base(nameof(Block))
        {
            this.heads = heads;
            (norm1, norm2) = (nn.LayerNorm(width), nn.LayerNorm(width));
            (qkv, projection) = (nn.Linear(width, 3 * width), nn.Linear(width, width));
            network = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(), nn.Linear(4 * width, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) // [N,L,D]
        {
            (long n, long length, long width) = (x.shape[0], x.shape[1], x.shape[2]);
            Tensor parts = qkv.call(norm1.call(x)).reshape(n, length, 3, heads, width / heads).permute(2, 0, 3, 1, 4); // [3,N,H,L,D/H]
            Tensor mixed = F.scaled_dot_product_attention(parts[0], parts[1], parts[2]); // [N,H,L,D/H]
            x = x + projection.call(mixed.transpose(1, 2).reshape(n, length, width));
            return x + network.call(norm2.call(x));
        }
    }
}
