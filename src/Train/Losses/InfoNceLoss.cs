using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// The contrastive loss of van den Oord et al. 2018 ("Representation Learning with Contrastive Predictive Coding", equation 4) as MoCo uses it (He
/// et al. 2020, equation 1): each query must find its own key among the queue's.
/// </summary>
public static class InfoNceLoss
{
    /// <summary>Mean of -log( exp(q.k+ / T) / (exp(q.k+ / T) + sum over the queue of exp(q.k- / T)) ).</summary>
    /// <param name="query">Unit rows [N,D].</param>
    /// <param name="key">Unit rows [N,D], each the other view of its query's image; carries no gradient.</param>
    /// <param name="queue">Unit rows [Q,D] of other images; carries no gradient.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(Tensor query, Tensor key, Tensor queue, double temperature)
    {
        Tensor positive = (query * key).sum(1, keepdim: true); // [N,1]
        Tensor negative = query.matmul(queue.t()); // [N,Q]
        Tensor logits = cat([positive, negative], 1) / temperature; // [N,1+Q]
        Tensor target = zeros(logits.shape[0], ScalarType.Int64, logits.device); // [N]: the positive stands first
        return nn.functional.cross_entropy(logits, target);
    }
}
