using static TorchSharp.torch;

namespace Toolchain.Train.Losses;

/// <summary>
/// The game of Goodfellow et al. 2014 ("Generative Adversarial Nets", equation 1) on logits of "this image is real". The generator
/// maximises log D(G(z)) in place of minimising log(1 - D(G(z))), as its section 3 advises: the gradient does not vanish while the
/// discriminator is ahead.
/// </summary>
static class AdversarialLoss
{
    /// <summary>Mean of -(t log D(x) + (1 - t) log(1 - D(x))) plus mean of -log(1 - D(G(z))), in nats.</summary>
    /// <param name="real">Logits of real images, [N].</param>
    /// <param name="generated">Logits of generated images, [M].</param>
    /// <param name="realTarget">t: below 1 it is one-sided label smoothing (Salimans et al. 2016, section 3.4).</param>
    /// <returns>A scalar.</returns>
    public static Tensor Discriminator(Tensor real, Tensor generated, double realTarget) =>
        nn.functional.softplus(real).mean() - realTarget * real.mean() + nn.functional.softplus(generated).mean();

    /// <summary>Mean of -log D(G(z)), in nats.</summary>
    /// <param name="generated">Logits of generated images, [M].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Generator(Tensor generated) => nn.functional.softplus(-generated).mean();
}
