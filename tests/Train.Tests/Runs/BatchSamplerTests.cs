using Toolchain.Train.Core;
using Toolchain.Train.Runs;

namespace Toolchain.Train.Tests.Runs;

public sealed class BatchSamplerTests
{
    [Fact]
    public void Item_EveryEpoch_IsAnotherPermutation()
    {
        var sampler = new BatchSampler(12, 3, 5);
        int[][] epochs =
            [.. Enumerable.Range(0, 3).Select(epoch => Enumerable.Range(0, 4).SelectMany(i => sampler[epoch * 4 + i].Samples).ToArray())];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 12), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
    }

    [Fact]
    public void Item_LengthNoMultiple_GivesFullBatchesWithoutRepeats()
    {
        var sampler = new BatchSampler(11, 3, 5);
        Assert.Equal([0, 0, 0, 1], Enumerable.Range(0, 4).Select(step => sampler[step].Epoch));
        Assert.Equal(9, Enumerable.Range(0, 3).SelectMany(step => sampler[step].Samples).Distinct().Count());
    }

    [Fact]
    public void Item_AnyStepByItself_EqualsTheSequentialOne()
    {
        var sequential = new BatchSampler(10, 4, 5);
        Batch[] batches = [.. Enumerable.Range(0, 9).Select(step => sequential[step])];
        for (int step = 8; step >= 0; step--)
        {
            Batch alone = new BatchSampler(10, 4, 5)[step];
            Assert.Equal((step, batches[step].Epoch), (alone.Step, alone.Epoch));
            Assert.Equal(batches[step].Samples, alone.Samples);
            Assert.Equal(batches[step].Samples, sequential[step].Samples);
        }
    }

    [Fact]
    public void Item_OtherSeed_IsAnotherOrder() =>
        Assert.NotEqual(new BatchSampler(50, 50, 1)[0].Samples, new BatchSampler(50, 50, 2)[0].Samples);

    [Fact]
    public void Constructor_TooFewImages_SaysTheRemedy() => Assert.Equal(
        "'batchSize' must be at most the number of images, 10, was 16; give more images or --set batchSize=10.",
        Assert.Throws<ArgumentException>(() => new BatchSampler(10, 16, 0)).Message);
}
