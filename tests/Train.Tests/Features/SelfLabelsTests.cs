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
    public void Relabel_ByThree_TakesWhatAllNameAlike()
    {
        using var labels = new SelfLabels(imageCount: 3, clusterCount: 2);
        // Of the second image one of three says the other cluster; of the third all agree, none surely.
        Tensor[] three = [Of(1, 0, .4f, .6f, .6f, .4f), Of(.8f, .2f, 0, 1, .7f, .3f), Of(.9f, .1f, 1, 0, .5f, .5f)];
        labels.Relabel(three);
        Assert.Equal([1f, 0, 1], labels.Confident.data<float>().ToArray());
        Assert.Equal([.9f, .1f, .4667f, .5333f, .6f, .4f], labels.Target.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);

        static Tensor Of(params float[] values) => tensor(values, [3, 2]);
    }

    [Fact]
    public void Of_WhereTheNetworkBecomesSure_SaysWhatItSays()
    {
        using var labels = new SelfLabels(imageCount: 3, clusterCount: 2, remembers: true);
        labels.Relabel([tensor(new float[] { 1, 0, 1, 0, .5f, .5f }, [3, 2]), tensor(new float[] { 1, 0, 0, 1, .5f, .5f }, [3, 2])]);
        using Tensor samples = tensor(new long[] { 1, 0 }), prediction = tensor(new float[] { 0, 1, .7f, .3f }, [2, 2]);
        labels.Remember(samples, prediction, 0.5); // means 0 .5 and .35 .15
        Check([1f, 0, .5f, .5f], [1f, 0]); // image 0 as labelled, image 1 not agreed on
        for (int pass = 0; pass < 3; pass++)
        {
            labels.Remember(samples, prediction, 0.5);
        } // 0 .9375 and .656 .281: sure of image 1 alone
        Check([1f, 0, 0, 1], [1f, 1]);
        Assert.Equal([1f, 0, 1], labels.Confident.data<float>().ToArray()); // the label of the round stays

        void Check(float[] target, float[] confident)
        {
            (Tensor found, Tensor taught) = labels.Of(tensor(new long[] { 0, 1 }));
            Assert.Equal(target, found.data<float>().ToArray());
            Assert.Equal(confident, taught.data<float>().ToArray());
        }
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
        using Tensor labels = ClusterLabels.Of(tensor(values, [40, 2]), 2, new GradientJob(StrokeDigits.Draw(40, 1), 0, CPU, 1));
        (Tensor certainty, Tensor cluster) = labels.max(1);
        Assert.All(certainty.data<float>().ToArray(), value => Assert.Equal(1f, value, 1e-6f));
        long[] found = cluster.data<long>().ToArray();
        Assert.Single(found[..20].Distinct());
        Assert.Single(found[20..].Distinct());
        Assert.NotEqual(found[0], found[39]);
    }

    // Of four clouds of ten on a line, balanced clusters join the first two and the last two, though the last is farthest off.
    [Fact]
    public void Balanced_AClassOfTwoStyles_IsOneLabel()
    {
        var random = new RandomStream(1, "clouds");
        float[] middles = [0, 0.5f, 1.6f, 3.6f];
        float[] values = [.. Enumerable.Range(0, 40).Select(row => middles[row / 10] + 0.02f * (float)random.NextDouble())];
        var job = new GradientJob(StrokeDigits.Draw(40, 1), 0, CPU, 1);
        using Tensor balanced = ClusterLabels.Of(tensor(values, [40, 1]), 2, job, isBalanced: true);
        long[] found = balanced.argmax(1).data<long>().ToArray();
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
        Assert.Equal([2L, 0, 1], ClusterLabels.Order(labels, earlier).data<long>().ToArray());
    }
}
