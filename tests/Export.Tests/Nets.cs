using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

/// <summary>The net of a MoCo encoder: convolutions, pool, linear layer, unit length.</summary>
sealed class ContrastNet : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1 = nn.Conv2d(1, 8, 5, stride: 2, padding: 2), conv2 = nn.Conv2d(8, 16, 3, padding: 1);
    readonly Linear head = nn.Linear(16 * 49, 12);

    public ContrastNet() : base(nameof(ContrastNet))
    {
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor image) // [N,1,28,28]
    {
        Tensor x = F.relu(conv1.call((image - 0.1307) / 0.3081)); // [N,8,14,14]
        x = F.max_pool2d(conv2.call(x).relu_(), 2); // [N,16,7,7]
        return F.normalize(head.call(x.flatten(1)), dim: 1); // [N,12]
    }
}

/// <summary>A residual block with batch norm, a shared layer used twice, and two outputs.</summary>
sealed class ResidualNet : nn.Module<Tensor, (Tensor Embedding, Tensor Cluster)>
{
    readonly Sequential block;
    readonly Linear shared = nn.Linear(6, 6);

    public ResidualNet() : base(nameof(ResidualNet))
    {
        block = nn.Sequential(("fc", nn.Linear(6, 6)), ("bn", nn.BatchNorm1d(6)), ("act", nn.ReLU(inplace: true)));
        RegisterComponents();
        eval();
    }

    public override (Tensor Embedding, Tensor Cluster) forward(Tensor x) // [N,6]
    {
        Tensor y = x + block.call(x);
        y = shared.call(shared.call(y).tanh());
        return (y, y.argmax(1));
    }
}

/// <summary>Two inputs, attention by hand with sizes read from the batch.</summary>
sealed class AttentionNet : nn.Module<Tensor, Tensor, Tensor>
{
    readonly Linear query = nn.Linear(8, 8), key = nn.Linear(8, 8), value = nn.Linear(8, 8);
    readonly LayerNorm norm = nn.LayerNorm(8);

    public AttentionNet() : base(nameof(AttentionNet))
    {
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor x, Tensor context) // [N,5,8], [N,3,8]
    {
        (Tensor q, Tensor k, Tensor v) = (Heads(query.call(x)), Heads(key.call(context)), Heads(value.call(context))); // [N,2,L,4]
        Tensor weight = F.softmax(q.matmul(k.transpose(2, 3)) / Math.Sqrt(4), -1); // [N,2,5,3]
        Tensor mixed = weight.matmul(v).transpose(1, 2).contiguous().view(x.shape[0], x.shape[1], 8); // [N,5,8]
        return norm.call(mixed + x);
    }

    static Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], 2, 4).transpose(1, 2);
}
