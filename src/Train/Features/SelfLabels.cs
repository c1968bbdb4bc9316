using static TorchSharp.torch;

namespace Toolchain.Train.Features;

/// <summary>The present label of every training image, found without any that people gave; saved with the weights.</summary>
sealed class SelfLabels : nn.Module
{
    const double Sure = 0.9; // of the mean of an image's predictions

    readonly Tensor target; // [N,K], soft labels
    readonly Tensor confident; // [N], 1 where the label is learned from
    readonly Tensor? predicted; // [N,K], means of the predictions over the passes; 0 before the first

    /// <summary>No labels yet.</summary>
    /// <param name="imageCount">Number of training images (N).</param>
    /// <param name="clusterCount">Number of clusters (K).</param>
    /// <param name="remembers">Whether predictions are remembered.</param>
    public SelfLabels(long imageCount, int clusterCount, bool remembers = false) : base(nameof(SelfLabels))
    {
        target = zeros(imageCount, clusterCount);
        confident = zeros(imageCount);
        predicted = remembers ? zeros(imageCount, clusterCount) : null;
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
            Take(labels);
            (Tensor certainty, Tensor cluster) = target.max(1);
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
    /// Takes the mean of several soft labels [N,K]; learned from are the images whose likeliest cluster is the same in all.
    /// </summary>
    public void Relabel(IReadOnlyList<Tensor> labels)
    {
        using (no_grad())
        {
            using Tensor all = stack(labels), likeliest = all.argmax(2); // [S,N,K], [S,N]
            Take(all.mean([0]));
            confident.copy_(likeliest.eq(likeliest[0]).all(0).to(confident.dtype));
        }
    }

    /// <summary>
    /// What <paramref name="samples"/> [B] are to be, [B,K], and 1 or 0 for whether each is learned from, [B]: where the network has become
    /// sure over the passes, what it says; else the label.
    /// </summary>
    public (Tensor Target, Tensor Confident) Of(Tensor samples)
    {
        (Tensor label, Tensor taught) = (target[samples], confident[samples]);
        if (predicted is null)
        {
            return (label, taught);
        }
        (Tensor certainty, Tensor cluster) = predicted[samples].max(1);
        Tensor sure = certainty.gt(Sure); // [B]
        return (where(sure.unsqueeze(1), nn.functional.one_hot(cluster, target.shape[1]).to(label.dtype), label),
            where(sure, ones_like(taught), taught));
    }

    /// <summary>Adds a pass's predictions [B,K] of <paramref name="samples"/> to their means; earlier passes keep a share.</summary>
    public void Remember(Tensor samples, Tensor prediction, double share)
    {
        using (no_grad())
        {
            predicted?.index_copy_(0, samples, predicted[samples] * share + prediction * (1 - share));
        }
    }

    void Take(Tensor labels)
    {
        target.copy_(labels);
        confident.zero_();
        predicted?.zero_();
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
