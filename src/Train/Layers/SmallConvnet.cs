using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Layers;

/// <summary>
/// The layers of the poster's small convnet, which MoCo and the refinement share: two convolutions, one pool to [N,64,7,7], one linear
/// layer. Where each of them normalises stands in its own module.
/// </summary>
static class SmallConvnet
{
    /// <summary>Elements that the linear layer reads, of 64 maps of 7 x 7.</summary>
    public const int FeatureSize = 64 * 7 * 7;

    /// <summary>From [N,1,28,28] to [N,32,14,14].</summary>
    public static Conv2d First(bool bias = true) => nn.Conv2d(1, 32, 5, stride: 2, padding: 2, bias: bias);

    /// <summary>From [N,32,14,14] to [N,64,14,14].</summary>
    public static Conv2d Second(bool bias = true) => nn.Conv2d(32, 64, 3, padding: 1, bias: bias);

    /// <summary>From [N,3136] to [N,<paramref name="size"/>].</summary>
    public static Linear Last(int size, bool bias = true) => nn.Linear(FeatureSize, size, hasBias: bias);
}
