using Toolchain.Train.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// How far contrastive learning has come, without a label. Alignment and uniformity are those of Wang and Isola 2020 ("Understanding
/// Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere", section 4.1 with alpha = 2, t = 2).
/// </summary>
static class ContrastiveProgress
{
    /// <summary>
    /// Of unit rows <paramref name="query"/> and <paramref name="key"/> [N,D] of two views: <c>alignment</c>, mean squared distance of the
    /// two views of an image (0 is perfect); <c>uniformity</c>, log of the mean of exp(-2 squared distance) over pairs of images (lower is
    /// more spread out, 0 is collapse); <c>agreement</c>, share of images whose nearest key in the batch is their own.
    /// </summary>
    public static Loss[] Of(Tensor query, Tensor key)
    {
        using var scope = no_grad();
        long count = query.shape[0];
        Tensor alignment = 2 - 2 * (query * key).sum(1).mean();
        Tensor pairs = (4 * query.matmul(query.t()) - 4).exp(); // [N,N]: exp(-2 |a - b|^2) of unit rows
        Tensor uniformity = ((pairs.sum() - pairs.diagonal().sum()) / Math.Max(1, count * (count - 1))).log();
        Tensor nearest = query.matmul(key.t()).argmax(1); // [N]
        Tensor agreement = nearest.eq(arange(count, device: query.device)).to(ScalarType.Float32).mean();
        return [new Loss("alignment", alignment.ToSingle()), new Loss("uniformity", count > 1 ? uniformity.ToSingle() : 0),
            new Loss("agreement", agreement.ToSingle())];
    }
}
