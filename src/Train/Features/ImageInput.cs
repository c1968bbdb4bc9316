using Toolchain.Data;
using Toolchain.Graph;

namespace Toolchain.Train.Features;

/// <summary>The input of a graph that takes images.</summary>
static class ImageInput
{
    /// <summary>[N,C,H,W] with a free N.</summary>
    public static Shape Of(ImageShape shape) => new("N", shape.Channels, shape.Height, shape.Width);
}
