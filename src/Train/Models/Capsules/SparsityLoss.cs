using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// Few objects for each example, each object in its share of examples (Kosiorek et al. 2019, section 2.4 and appendix C, with the divisors
/// of the authors' code). All take one row per example, [N,O], and return scalars to be made small.
/// </summary>
static class SparsityLoss
{
    const double Floor = 1e-16, Normalising = 1e-8; // of the authors' safe_log and normalize

    /// <summary>Mean over examples of (sum of presences - O / classes)^2.</summary>
    public static Tensor PriorWithin(Tensor presence, int classes) => (presence.sum(1) - (double)presence.shape[1] / classes).square()
        .mean();

    /// <summary>Mean over objects of (sum of presences over the batch - N / classes)^2.</summary>
    public static Tensor PriorBetween(Tensor presence, int classes) => (presence.sum([0]) - (double)presence.shape[0] / classes).square()
        .mean();

    /// <summary>Mean over examples of the entropy of the shares that objects have in it, nats.</summary>
    public static Tensor PosteriorWithin(Tensor mass) => Entropy(mass).mean();

    /// <summary>Minus the entropy of the shares that objects have in the whole batch, nats.</summary>
    public static Tensor PosteriorBetween(Tensor mass) => -Entropy(mass.sum([0], keepdim: true)).mean();

    static Tensor Entropy(Tensor mass)
    {
        Tensor share = mass / (mass.sum(1, keepdim: true) + Normalising); // [N,O]
        return -(share * share.clamp_min(Floor).log()).sum(1); // [N]
    }
}
