using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class ViewDrawerTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(30, 3);

    [Fact]
    public void Draw_PreparedInTheBackground_EqualsDrawnOnDemand()
    {
        var sampler = new BatchSampler(30, 8, 5);
        using var ahead = new ViewDrawer(new(), new GradientJob(digits, 5, CPU, 1), 2);
        for (int step = 0; step < 7; step++) // over the end of an epoch
        {
            using var alone = new ViewDrawer(new(), new GradientJob(digits, 5, CPU, 1), 2);
            Tensor[] expected = alone.Draw(sampler[step] with { Next = null }), found = ahead.Draw(sampler[step]);
            for (int view = 0; view < 2; view++)
            {
                Assert.Equal([8, 1, 28, 28], found[view].shape);
                Assert.Equal(expected[view].data<float>().ToArray(), found[view].data<float>().ToArray());
            }
            Assert.NotEqual(found[0].data<float>().ToArray(), found[1].data<float>().ToArray());
        }
    }

    [Fact]
    public void Draw_AnotherBatchThanThePrepared_IsDrawnRightly()
    {
        var sampler = new BatchSampler(30, 8, 5);
        using var drawer = new ViewDrawer(new(), new GradientJob(digits, 5, CPU, 1), 1);
        float[] first = drawer.Draw(sampler[0])[0].data<float>().ToArray();
        drawer.Draw(sampler[2]);
        Assert.Equal(first, drawer.Draw(sampler[0])[0].data<float>().ToArray());
    }
}
