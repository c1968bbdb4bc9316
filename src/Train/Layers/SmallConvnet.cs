using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Layers;

/// <summary>
/// The layers of the poster's small convnet, which MoCo and the refinement share: two convolutions, one pool to [N,64,H/4,W/4], one linear
/// layer; of MNIST's images 64 maps of 7 x 7. Where each of them normalises stands in its own module.
/// </summary>
static class SmallConvnet
{
    /// <summary>Elements that the linear layer reads: 64 maps, the sides halved upwards by the first layer and downwards by the
    /// pool.</summary>
    public static int FeatureSize(ImageShape shape) => 64 * ((shape.Height + 1) / 2 / 2) * ((shape.Width + 1) / 2 / 2);

    /// <summary>From [N,C,H,W] to [N,32,H/2,W/2].</summary>
    public static Conv2d First(ImageShape shape, bool bias = true) =>
        nn.Conv2d(shape.Channels, 32, 5, stride: 2, padding: 2, bias: bias);

    /// <summary>From [N,32,H/2,W/2] to [N,64,H/2,W/2].</summary>
    public static Conv2d Second(bool bias = true) => nn.Conv2d(32, 64, 3, padding: 1, bias: bias);

    /// <summary>From [N,F] to [N,<paramref name="size"/>].</summary>
    public static Linear Last(ImageShape shape, int size, bool bias = true) => nn.Linear(FeatureSize(shape), size, hasBias: bias);
}
