using Toolchain.Data.Seeds;
using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Features;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Features;

public sealed class SelfLabelsTests
{
    [Fact]
    public void Relabel_ByHand_TakesTheSurestOfEachCluster()
    {
        using var labels = new SelfLabels(imageCount: 6, clusterCount: 3);
        // Four images in cluster 0, of which the surest half is taken, one in cluster 1, one in cluster 2.
        using Tensor target = tensor(new float[] { .9f, .1f, 0, .5f, .3f, .2f, .8f, .1f, .1f, .6f, .2f, .2f, .1f, .5f, .4f, .2f, .2f, .6f },
            [6, 3]);
        labels.Relabel(target, 0.5);
        Assert.Equal([1f, 0, 1, 0, 1, 1], labels.Confident.data<float>().ToArray());
        Assert.Equal(target.data<float>().ToArray(), labels.Target.data<float>().ToArray());
        // The sure ones have their cluster's number, the others one of their own.
        Assert.Equal([1L, -2, 0, 0, 2, -4], labels.Groups([4, 1, 2, 0, 5, 3]).data<long>().ToArray());
    }

    [Fact]
    public void Spectral_TwoClouds_LabelsEachItsOwnSurely()
    {
        var random = new RandomStream(1, "clouds");
        var values = new float[80];
        for (int row = 0; row < 40; row++)
        {
            (values[2 * row], values[2 * row + 1]) = ((row < 20 ? 0 : 50) + (float)random.NextNormal(), (float)random.NextNormal());
        }
        using Tensor labels = SpectralLabels.Of(tensor(values, [40, 2]), 2, new GradientJob(StrokeDigits.Draw(40, 1), 0, CPU, 1));
        (Tensor certainty, Tensor cluster) = labels.max(1);
        Assert.All(certainty.data<float>().ToArray(), value => Assert.Equal(1f, value, 1e-6f));
        long[] found = cluster.data<long>().ToArray();
        Assert.Single(found[..20].Distinct());
        Assert.Single(found[20..].Distinct());
        Assert.NotEqual(found[0], found[39]);
    }

    [Fact]
    public void Order_ByHand_PairsWhatSharesMost()
    {
        // Earlier clusters of five images 0 0 1 1 2; now 2 2 0 1 1.
        using Tensor earlier = nn.functional.one_hot(tensor(new long[] { 0, 0, 1, 1, 2 }), 3).to(float32),
            labels = nn.functional.one_hot(tensor(new long[] { 2, 2, 0, 1, 1 }), 3).to(float32);
        Assert.Equal([2L, 0, 1], SpectralLabels.Order(labels, earlier).data<long>().ToArray());
    }
}
