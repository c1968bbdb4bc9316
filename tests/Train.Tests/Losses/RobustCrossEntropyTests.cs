using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class RobustCrossEntropyTests
{
    // Probabilities 1/4 and 3/4; the first row's label is the first cluster, the second's both alike.
    [Theory]
    [InlineData(0, 1.3863, 0.8370)] // -ln(1/4); (-ln(1/4) - ln(3/4)) / 2
    [InlineData(0.5, 1, 0.6340)] // (1 - 1/2) / .5; the mean of that and (1 - .8660) / .5
    [InlineData(1, 0.75, 0.5)] // 1 - 1/4; the mean of 3/4 and 1/4
    public void Compute_ByHand(double exponent, double first, double second)
    {
        using Tensor logits = tensor(new float[] { 0, MathF.Log(3), 0, MathF.Log(3) }, [2, 2]),
            target = tensor(new float[] { 1, 0, .5f, .5f }, [2, 2]);
        float[] loss = RobustCrossEntropy.Compute(logits, target, exponent).data<float>().ToArray();
        Assert.Equal(first, loss[0], 1e-4);
        Assert.Equal(second, loss[1], 1e-4);
    }

    [Fact]
    public void Compute_SmallExponent_TendsToTheCrossEntropy()
    {
        using Tensor logits = randn(20, 5), target = randn(20, 5).softmax(1);
        Tensor near = RobustCrossEntropy.Compute(logits, target, 1e-3), limit = RobustCrossEntropy.Compute(logits, target, 0);
        Assert.InRange((near - limit).abs().max().ToSingle(), 1e-6, 2e-2);
    }
}
