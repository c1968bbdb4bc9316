using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Refine;

/// <summary>Fits a linear layer from embeddings to clusters.</summary>
static class ClusterHead
{
    /// <summary>Fits <paramref name="head"/> anew, by cross-entropy with a small L2 penalty, full batches.</summary>
    /// <param name="head">The layer, D to K.</param>
    /// <param name="embedding">Embeddings [N,D].</param>
    /// <param name="cluster">The cluster of each, [N], int64.</param>
    public static void Fit(Linear head, Tensor embedding, Tensor cluster)
    {
        using AdamW optimizer = optim.AdamW(head.parameters(), lr: 0.02, weight_decay: 0.01);
        for (int step = 0; step < 200; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(head.call(embedding), cluster).backward();
            optimizer.step();
        }
    }
}
