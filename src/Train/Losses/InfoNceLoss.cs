using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// The contrastive loss of van den Oord et al. 2018 ("Representation Learning with Contrastive Predictive Coding", equation 4) as MoCo uses
/// it (He et al. 2020, equation 1): each query must find its own key among the queue's.
/// </summary>
static class InfoNceLoss
{
    /// <summary>
    /// Mean of -log( exp(q.k+ / T) / (exp(q.k+ / T) + sum over the queue, and the batch's other keys where asked, of exp(q.k- / T)) ).
    /// </summary>
    /// <param name="query">Unit rows [N,D].</param>
    /// <param name="key">Unit rows [N,D], each the other view of its query's image; carries no gradient.</param>
    /// <param name="queue">Unit rows [Q,D] of other images; carries no gradient.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="batchNegatives">
    /// Whether the other keys of the batch count as negatives too. The queue's keys are older than the positive ones, so a query can part
    /// from them by moving along with the key encoder's drift, all queries alike; from keys as fresh as its own it cannot.
    /// </param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(Tensor query, Tensor key, Tensor queue, double temperature, bool batchNegatives = false)
    {
        long count = query.shape[0];
        // [N,1] with the positive alone, or [N,N] with the positives on the diagonal.
        Tensor own = batchNegatives ? query.matmul(key.t()) : (query * key).sum(1, keepdim: true);
        Tensor logits = cat([own, query.matmul(queue.t())], 1) / temperature; // [N,1+Q] or [N,N+Q]
        Tensor target = batchNegatives ? arange(count, device: logits.device) : zeros(count, ScalarType.Int64, logits.device); // [N]
        return nn.functional.cross_entropy(logits, target);
    }
}
