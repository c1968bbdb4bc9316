using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// The generalised cross-entropy of Zhang and Sabuncu 2018 ("Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
/// Labels", equation 6) with soft labels: sum over k of t_k (1 - p_k^q) / q. It tends to the cross-entropy as q goes to 0 and is the mean
/// absolute error at q = 1.
/// </summary>
static class RobustCrossEntropy
{
    /// <summary>The loss of each row, [N].</summary>
    /// <param name="logits">[N,K].</param>
    /// <param name="target">Soft labels [N,K]; each row sums to 1.</param>
    /// <param name="exponent">q in [0..1]; 0 is the cross-entropy.</param>
    public static Tensor Compute(Tensor logits, Tensor target, double exponent)
    {
        Tensor logProbability = logits.log_softmax(1); // [N,K]
        return exponent == 0 ? -(target * logProbability).sum(1)
            : (target * (1 - (logProbability * exponent).exp())).sum(1) / exponent;
    }
}
