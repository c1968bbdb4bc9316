using static TorchSharp.torch;

namespace Toolchain.Train.Features;

/// <summary>The present label of every training image, found without any that people gave; saved with the weights.</summary>
sealed class SelfLabels : nn.Module
{
    readonly Tensor target; // [N,K], soft labels
    readonly Tensor confident; // [N], 1 where the label is learned from

    /// <summary>No labels yet.</summary>
    /// <param name="imageCount">Number of training images (N).</param>
    /// <param name="clusterCount">Number of clusters (K).</param>
    public SelfLabels(long imageCount, int clusterCount) : base(nameof(SelfLabels))
    {
        target = zeros(imageCount, clusterCount);
        confident = zeros(imageCount);
        RegisterComponents();
    }

    /// <summary>Soft labels [N,K].</summary>
    public Tensor Target => target;

    /// <summary>1 or 0 [N] for whether each is learned from.</summary>
    public Tensor Confident => confident;

    /// <summary>
    /// Takes new soft labels [N,K]. Learned from are, in each cluster, the <paramref name="share"/> of its images that are surest of it, so
    /// that an easy cluster does not crowd out a hard one.
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

    /// <summary>
    /// Which of <paramref name="samples"/> count as one, [N], int64: a sure image has its cluster's number, any other one that is its own.
    /// </summary>
    public Tensor Groups(int[] samples)
    {
        Tensor sample = tensor([.. samples.Select(sample => (long)sample)], device: target.device);
        return where(confident[sample].gt(0), target[sample].argmax(1), -1 - sample);
    }
}
