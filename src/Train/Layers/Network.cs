using Toolchain.Data;

namespace Toolchain.Train.Layers;

/// <summary>Convnets that MoCo and the refinement choose from.</summary>
enum Network
{
    /// <summary>The small one for grey images of up to 32 x 32 pixels, else the deep one.</summary>
    Auto,

    /// <summary>The poster's: <see cref="SmallConvnet"/>.</summary>
    Small,

    /// <summary>A residual one: <see cref="DeepConvnet"/>.</summary>
    Deep,
}

/// <summary>What <see cref="Network.Auto"/> means.</summary>
static class Networks
{
    /// <summary>Largest side of images that the small net is taken for, pixels.</summary>
    public const int MostSmall = 32;

    /// <summary>Whether the deep net is asked for, or taken for images of a shape.</summary>
    public static bool IsDeep(this Network network, ImageShape shape) => network == Network.Deep
        || (network == Network.Auto && (shape.IsRgb || Math.Max(shape.Height, shape.Width) > MostSmall));
}
