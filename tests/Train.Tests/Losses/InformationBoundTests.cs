using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class InformationBoundTests
{
    [Fact]
    public void Categorical_ByHand() // Q gives the right codes 3/4 and 1/4
    {
        Tensor logits = tensor(new[,] { { (float)Math.Log(3), 0f }, { (float)Math.Log(3), 0f } });
        Assert.Equal(-(Math.Log(0.75) + Math.Log(0.25)) / 2, InformationBound.Categorical(logits, tensor([0L, 1L])).ToSingle(), 1e-6);
    }

    [Fact]
    public void Categorical_KnowsNothing_LosesTheWholeEntropy() =>
        Assert.Equal(Math.Log(10), InformationBound.Categorical(zeros(4, 10), tensor([0L, 3L, 5L, 9L])).ToSingle(), 1e-6);

    [Fact]
    public void Continuous_ByHand() // ((.5^2 + 1^2) + (0 + 2^2)) / 2 images / 2
    {
        Tensor mean = tensor(new[,] { { 0.5f, 0f }, { 1f, 1f } }), code = tensor(new[,] { { 0f, 1f }, { 1f, -1f } });
        Assert.Equal(5.25 / 4, InformationBound.Continuous(mean, code).ToSingle(), 1e-6);
    }
}
