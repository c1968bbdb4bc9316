using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class AdversarialLossTests
{
    [Fact]
    public void Discriminator_Undecided_IsTwoBits() =>
        Assert.Equal(2 * Math.Log(2), AdversarialLoss.Discriminator(zeros(3), zeros(2), 0.9).ToSingle(), 1e-6);

    [Fact]
    public void Discriminator_ByHand() // odds 3:1 of real for a real image and for a generated one
    {
        Tensor logit = full([1], Math.Log(3));
        double expected = -(0.9 * Math.Log(0.75) + 0.1 * Math.Log(0.25)) - Math.Log(0.25);
        Assert.Equal(expected, AdversarialLoss.Discriminator(logit, logit, 0.9).ToSingle(), 1e-6);
    }

    [Fact]
    public void Generator_ByHand() => // the discriminator gives its images 3/4 and 1/4
        Assert.Equal(-(Math.Log(0.75) + Math.Log(0.25)) / 2, AdversarialLoss.Generator(tensor([(float)Math.Log(3), -(float)Math.Log(3)]))
        .ToSingle(), 1e-6);

    /// <summary>The reason for its form: where the discriminator is sure, log(1 - D) has hardly a gradient, and this has 1.</summary>
    [Fact]
    public void Generator_SureDiscriminator_KeepsItsGradient()
    {
        Tensor logit = tensor([-20f]).requires_grad_();
        Assert.Equal(-1, autograd.grad([AdversarialLoss.Generator(logit)], [logit])[0].ToSingle(), 1e-6);
    }

    [Fact]
    public void Losses_HugeLogits_StayFinite()
    {
        Tensor logits = tensor([-1e4f, 1e4f]);
        Assert.True(float.IsFinite(AdversarialLoss.Discriminator(logits, logits, 1).ToSingle()));
        Assert.True(float.IsFinite(AdversarialLoss.Generator(logits).ToSingle()));
    }
}
