using static TorchSharp.torch;

namespace Toolchain.Train.Layers;

/// <summary>A net from images [N,C,H,W] with pixels in [0,1] to rows of features [N,F].</summary>
/// <param name="name">Name of the module.</param>
abstract class FeatureNet(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Elements of a row (F).</summary>
    public abstract int FeatureSize { get; }
}
