using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// The variational lower bound of the mutual information between codes and generated images (Chen et al. 2016, "InfoGAN: Interpretable
/// Representation Learning by Information Maximizing Generative Adversarial Nets", equation 5), without the entropy of the codes, which is
/// constant.
/// </summary>
static class InformationBound
{
    /// <summary>Mean of -log Q(c|x) over a categorical code, in nats. The bound is ln K minus this.</summary>
    /// <param name="logits">Q's logits, [N,K].</param>
    /// <param name="code">The codes that the images were made from, int64 [N] in [0..K).</param>
    /// <returns>A scalar.</returns>
    public static Tensor Categorical(Tensor logits, Tensor code) => nn.functional.cross_entropy(logits, code);

    /// <summary>
    /// Mean over images of -log Q(c|x) for normal Q of variance 1, summed over the codes and without its constant: half the squared error.
    /// </summary>
    /// <param name="mean">Q's means, [N,C].</param>
    /// <param name="code">The codes that the images were made from, [N,C] in [-1,1].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Continuous(Tensor mean, Tensor code) => (mean - code).pow(2).sum(1).mean() / 2;
}
