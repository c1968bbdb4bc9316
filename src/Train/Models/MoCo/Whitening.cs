using static TorchSharp.torch;

namespace Toolchain.Train.Models.MoCo;

/// <summary>
/// Evens out the directions of embeddings: centres them and divides them along each of their principal axes by their standard deviation
/// there to the power of a strength, so that a few directions of much variance do not decide alone who is whose neighbour. Until it is
/// fitted it changes nothing. Source of whitening learned descriptors: Jégou and Chum 2012, "Negative evidences and co-occurences in image
/// retrieval: the benefit of PCA and whitening"; of the strength: docs/models/moco.md.
/// </summary>
sealed class Whitening : nn.Module<Tensor, Tensor>
{
    // What varies less than this share of the largest variance is as good as constant, and stays small.
    const double SmallestShare = 1e-4;

    // Rows whose largest variance is below this share of their mean square differ by rounding alone.
    const double RoundingShare = 1e-10;

    readonly Tensor mean; // [D]
    readonly Tensor matrix; // [D,D], symmetric

    /// <summary>For embeddings of <paramref name="size"/> numbers (D).</summary>
    public Whitening(long size) : base(nameof(Whitening))
    {
        mean = zeros(size);
        matrix = eye(size);
        RegisterComponents();
    }

    /// <summary>Rows [N,D].</summary>
    public override Tensor forward(Tensor rows) => (rows - mean).matmul(matrix); // [N,D]

    /// <summary>Fits it to <paramref name="rows"/> [N,D]; where all are equal there is nothing to even out, and it changes
    /// nothing.</summary>
    /// <param name="rows">The embeddings as they are before this.</param>
    /// <param name="strength">In [0..1]: 1 leaves every direction the same variance, 0 all as they were, about the mean.</param>
    public void Fit(Tensor rows, double strength)
    {
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            Tensor exact = rows.to(ScalarType.Float64), centre = exact.mean([0]), centred = exact - centre; // [N,D], [D], [N,D]
            (Tensor variance, Tensor axes) = linalg.eigh(centred.t().matmul(centred) / rows.shape[0]); // [D], [D,D]
            if (variance.max().item<double>() <= RoundingShare * exact.square().mean().item<double>())
            {
                return;
            }
            Tensor scale = variance.clamp(min: variance.max() * SmallestShare).pow(-strength / 2); // [D]
            mean.copy_(centre);
            matrix.copy_((axes * scale).matmul(axes.t()));
        }
    }
}
