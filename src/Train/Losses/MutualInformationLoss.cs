using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// Invariant information clustering (Ji, Henriques and Vedaldi 2019, equations 2 and 3): clusters of two views of an image should tell as
/// much about each other as they can, which asks for agreement and for clusters of equal size at once.
/// </summary>
static class MutualInformationLoss
{
    const double Floor = 1e-8; // of a joint probability, so that its logarithm is finite

    /// <summary>-I(z, z') in nats: 0 where the views' clusters are independent, -ln K where they agree surely and evenly.</summary>
    /// <param name="first">Cluster probabilities of one view, rows that sum to 1, [N,K].</param>
    /// <param name="second">Those of the other view, [N,K].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(Tensor first, Tensor second) => OfJoint(Joint(first, second));

    /// <summary>The joint distribution of the views' clusters, symmetric, [K,K].</summary>
    /// <param name="first">Cluster probabilities of one view, rows that sum to 1, [N,K].</param>
    /// <param name="second">Those of the other view, [N,K].</param>
    public static Tensor Joint(Tensor first, Tensor second)
    {
        Tensor joint = first.t().matmul(second) / first.shape[0]; // [K,K]
        return (joint + joint.t()) / 2;
    }

    /// <summary>-I(z, z') of a joint distribution, in nats; with the two marginal entropies in it weighted.</summary>
    /// <param name="joint">Symmetric, sums to 1, [K,K].</param>
    /// <param name="evenness">
    /// Weight of the marginal entropies, 1 for the mutual information itself; above it, uneven clusters cost more than they do there.
    /// </param>
    /// <returns>A scalar.</returns>
    public static Tensor OfJoint(Tensor joint, double evenness = 1)
    {
        joint = joint.clamp_min(Floor);
        Tensor marginal = joint.sum(1, keepdim: true); // [K,1]
        return -(joint * (joint.log() - evenness * marginal.log() - evenness * marginal.t().log())).sum();
    }

    /// <summary>
    /// -I(z, z') where a batch is too small to tell the K x K joint probabilities: it is taken at the running mean of the batches' joint
    /// distributions, and its gradient as if all of that were this batch. Each batch of 60 images has its own numbers of each digit; by
    /// itself it would ask to even them out.
    /// </summary>
    /// <param name="first">Cluster probabilities of one view, rows that sum to 1, [N,K].</param>
    /// <param name="second">Those of the other view, [N,K].</param>
    /// <param name="running">The running mean [K,K] of earlier batches; changed to include this one.</param>
    /// <param name="memory">How much of the running mean is kept, in [0..1); 0 is the other overload.</param>
    /// <param name="evenness">As in <see cref="OfJoint"/>.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(Tensor first, Tensor second, Tensor running, double memory, double evenness = 1)
    {
        Tensor joint = Joint(first, second);
        using (no_grad())
        {
            running.mul_(memory).add_(joint, alpha: 1 - memory);
        }
        return OfJoint(joint + (running - joint).detach(), evenness);
    }
}
