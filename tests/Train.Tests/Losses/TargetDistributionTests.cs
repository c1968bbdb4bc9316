using Toolchain.Train.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class TargetDistributionTests
{
    // Two images, two clusters of sizes .8 + .4 = 1.2 and .2 + .6 = .8.
    // First row: .64 / 1.2 and .04 / .8, that is .53333 and .05; of their sum .58333 they are .91429 and .08571.
    // Second row: .16 / 1.2 and .36 / .8, that is .13333 and .45; of their sum .58333 they are .22857 and .77143.
    [Fact]
    public void Of_ByHand()
    {
        using Tensor probability = tensor(new float[] { .8f, .2f, .4f, .6f }, [2, 2]);
        float[] target = TargetDistribution.Of(probability).data<float>().ToArray();
        float[] expected = [.91429f, .08571f, .22857f, .77143f];
        Assert.All(target.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    [Fact]
    public void Of_EvenClusters_IsSurerOfTheLikeliest()
    {
        manual_seed(1);
        using Tensor half = rand(50, 3).softmax(1), probability = cat([half, half.roll(1, 1), half.roll(2, 1)]);
        using Tensor target = TargetDistribution.Of(probability);
        Assert.Equal(probability.argmax(1).data<long>().ToArray(), target.argmax(1).data<long>().ToArray());
        Assert.True((target.amax([1]) > probability.amax([1])).to(float32).min().ToSingle() == 1);
        Assert.All(target.sum(1).data<float>().ToArray(), sum => Assert.Equal(1, sum, 1e-5));
    }

    [Fact]
    public void Of_AnEmptyCluster_IsFinite()
    {
        using Tensor probability = tensor(new float[] { 1, 0, 1, 0 }, [2, 2]);
        Assert.Equal([1, 0, 1, 0], TargetDistribution.Of(probability).data<float>().ToArray());
    }
}
