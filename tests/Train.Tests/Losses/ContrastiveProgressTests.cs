using Toolchain.Train.Core;
using Toolchain.Train.Losses;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Losses;

public sealed class ContrastiveProgressTests
{
    [Fact]
    public void Of_ThreeRows_ByHand()
    {
        using Tensor query = tensor(new float[] { 1, 0, 0, 1, -1, 0 }, [3, 2]),
            key = tensor(new float[] { 0, -1, 0, 1, 0.6f, 0.8f }, [3, 2]);
        Loss[] found = ContrastiveProgress.Of(query, key);
        // Squared distances of the views 2, 0 and 3.2; of the queries 2, 4 and 2.
        Assert.Equal(["alignment", "uniformity", "agreement"], found.Select(loss => loss.Name));
        Assert.Equal((2 + 0 + 3.2) / 3, found[0].Value, 1e-6);
        Assert.Equal(Math.Log((Math.Exp(-4) + Math.Exp(-8) + Math.Exp(-4)) / 3), found[1].Value, 1e-5);
        // The first row's nearest key is the third's, the second's its own, the third's the first's (0 against -.6).
        Assert.Equal(1 / 3.0, found[2].Value, 1e-6);
    }

    [Fact]
    public void Of_OneRow_HasNoPairs()
    {
        using Tensor row = tensor(new float[] { 1, 0 }, [1, 2]);
        Assert.Equal([0, 0, 1], ContrastiveProgress.Of(row, row).Select(loss => loss.Value));
    }
}
