using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class SparsityLossTests
{
    // Two examples of three objects, two classes.
    readonly Tensor presence = tensor(new float[] { 1, 0.5f, 0.5f, 0, 0.5f, 0 }, [2, 3]);

    [Fact]
    public void PriorWithin_ByHand() => // sums 2 and .5, expected 3 / 2: (.25 + 1) / 2
        Assert.Equal(0.625, SparsityLoss.PriorWithin(presence, 2).ToSingle(), 1e-6);

    [Fact]
    public void PriorBetween_ByHand() => // sums 1, 1 and .5, expected 2 / 2: (0 + 0 + .25) / 3
        Assert.Equal(0.25 / 3, SparsityLoss.PriorBetween(presence, 2).ToSingle(), 1e-6);

    [Fact]
    public void PosteriorWithin_ByHand() => // shares (1/2, 1/4, 1/4): 1.5 ln 2; shares (0, 1, 0): 0
        Assert.Equal(0.75 * Math.Log(2), SparsityLoss.PosteriorWithin(presence).ToSingle(), 1e-6);

    [Fact]
    public void PosteriorBetween_ByHand() => // shares of the batch (.4, .4, .2)
        Assert.Equal(0.8 * Math.Log(0.4) + 0.2 * Math.Log(0.2), SparsityLoss.PosteriorBetween(presence).ToSingle(), 1e-6);

    [Fact]
    public void PosteriorBetween_EvenUse_IsTheLowest()
    {
        double even = SparsityLoss.PosteriorBetween(eye(3)).ToSingle();
        Assert.Equal(-Math.Log(3), even, 1e-6);
        Assert.True(even < SparsityLoss.PosteriorBetween(presence).ToSingle());
    }
}
