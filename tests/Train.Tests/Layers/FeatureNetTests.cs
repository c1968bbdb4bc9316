using Toolchain.Data;
using Toolchain.Train.Layers;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Layers;

public sealed class FeatureNetTests
{
    [Theory]
    [InlineData("wide", 1, 28, 28, 512)]
    [InlineData("wide", 1, 8, 8, 128)]
    [InlineData("wide", 3, 32, 48, 128 * 2 * 4)]
    [InlineData("deep", 1, 28, 28, 2048)]
    [InlineData("auto", 3, 32, 32, 2048)]
    public void Forward_OfAShape_HasTheStatedFeatures(string network, int channels, int height, int width, int size)
    {
        var shape = new ImageShape(channels, height, width);
        using FeatureNet? net = Enum.Parse<Network>(network, ignoreCase: true).Features(shape);
        Assert.Equal(size, net!.FeatureSize);
        Assert.Equal([2, size], net.call(rand(2, channels, height, width)).shape);
    }

    [Fact]
    public void Features_OfTheSmallNet_AreTheModelsOwn() => Assert.Null(Network.Auto.Features(ImageShape.Mnist));
}
