using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// The target distribution of Xie et al. 2016 ("Unsupervised Deep Embedding for Clustering Analysis", equation 3): surer than the clusters
/// it is made from, and the more so the smaller a cluster is.
/// </summary>
static class TargetDistribution
{
    /// <summary>p_nk proportional to q_nk^2 / sum over n of q_nk, [N,K]; rows sum to 1.</summary>
    /// <param name="probability">q, cluster probabilities of all images, rows that sum to 1, [N,K].</param>
    public static Tensor Of(Tensor probability)
    {
        Tensor weight = probability.square() / probability.sum([0]).clamp_min(1e-12); // [N,K]
        return weight / weight.sum(1, keepdim: true).clamp_min(1e-12);
    }
}
