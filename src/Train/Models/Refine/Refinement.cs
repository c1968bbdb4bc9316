using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Refine;

/// <summary>All state of the last mile: the heads on the given encoder, the net that learns, and the present label of every training image.</summary>
public sealed class Refinement : nn.Module
{
    readonly Linear heads;
    readonly ClusterNet net;
    readonly Tensor target; // [N,K], soft labels; a buffer: it is saved with the weights
    readonly Tensor confident; // [N], 1 where the label is learned from

    /// <summary>A fresh net; labels come later.</summary>
    /// <param name="options">Shapes.</param>
    /// <param name="imageCount">Number of training images (N).</param>
    /// <param name="embeddingSize">Numbers per embedding of the given encoder.</param>
    public Refinement(RefineOptions options, long imageCount, long embeddingSize) : base(nameof(Refinement))
    {
        heads = nn.Linear(embeddingSize, options.HeadCount * options.ClusterCount);
        net = new ClusterNet(options.ClusterCount);
        target = zeros(imageCount, options.ClusterCount);
        confident = zeros(imageCount);
        RegisterComponents();
    }

    /// <summary>Linear heads on the given encoder's embeddings.</summary>
    public Linear Heads => heads;

    /// <summary>The net that learns from the labels; what is exported.</summary>
    public ClusterNet Net => net;

    /// <summary>Soft labels [N,K] and 1 or 0 [N] for whether each is learned from.</summary>
    public (Tensor Target, Tensor Confident) Labels => (target, confident);

    /// <summary>
    /// Takes new soft labels [N,K]. Learned from are, in each cluster, the <paramref name="share"/> of its images that are surest of it, so that an easy
    /// cluster does not crowd out a hard one.
    /// </summary>
    public void Relabel(Tensor labels, double share)
    {
        using (no_grad())
        {
            target.copy_(labels);
            (Tensor certainty, Tensor cluster) = target.max(1);
            confident.zero_();
            for (long k = 0; k < target.shape[1]; k++)
            {
                Tensor members = cluster.eq(k).nonzero().flatten();
                long count = (long)Math.Ceiling(members.shape[0] * share);
                if (count > 0)
                {
                    confident.index_fill_(0, members[certainty[members].topk((int)count).indexes], 1f);
                }
            }
        }
    }
}
