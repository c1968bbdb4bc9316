using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// Invariant information clustering (Ji, Henriques and Vedaldi 2019, equations 2 and 3): clusters of two views of an image should tell as much about
/// each other as they can, which asks for agreement and for clusters of equal size at once.
/// </summary>
public static class MutualInformationLoss
{
    const double floor = 1e-8; // of a joint probability, so that its logarithm is finite

    /// <summary>-I(z, z') in nats: 0 where the views' clusters are independent, -ln K where they agree surely and evenly.</summary>
    /// <param name="first">Cluster probabilities of one view, rows that sum to 1, [N,K].</param>
    /// <param name="second">Those of the other view, [N,K].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(Tensor first, Tensor second)
    {
        Tensor joint = first.t().matmul(second) / first.shape[0]; // [K,K]
        joint = ((joint + joint.t()) / 2).clamp_min(floor);
        Tensor marginal = joint.sum(1, keepdim: true); // [K,1]
        return -(joint * (joint.log() - marginal.log() - marginal.t().log())).sum();
    }
}
