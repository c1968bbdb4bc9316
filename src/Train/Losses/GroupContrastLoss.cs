using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// The contrastive loss with several positives a query (Khosla et al. 2020, "Supervised Contrastive Learning", equation 2): all keys of its
/// group. With a group for each image it is that of van den Oord et al. 2018 among the images of a batch.
/// </summary>
static class GroupContrastLoss
{
    /// <summary>
    /// Mean over queries, and for each over the keys p of its group, of -log( exp(q.p / T) / sum over all keys of exp(q.k / T) ).
    /// </summary>
    /// <param name="query">Unit rows [N,D].</param>
    /// <param name="key">Unit rows [N,D], each the other view of its query's image.</param>
    /// <param name="group">Of each image, [N], int64.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(Tensor query, Tensor key, Tensor group, double temperature)
    {
        Tensor same = group.unsqueeze(1).eq(group).to(query.dtype); // [N,N]
        return nn.functional.cross_entropy(query.matmul(key.t()) / temperature, same / same.sum(1, keepdim: true));
    }
}
