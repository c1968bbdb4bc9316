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

    /// <summary>One of four convolutions for digits: <see cref="WideConvnet"/>.</summary>
    Wide,
}

/// <summary>What <see cref="Network.Auto"/> means.</summary>
static class Networks
{
    /// <summary>Largest side of images that the small net is taken for, pixels.</summary>
    public const int MostSmall = 32;

    /// <summary>The net below the embedding for images of a shape; null for the small one, whose layers are the model's own.</summary>
    public static FeatureNet? Features(this Network network, ImageShape shape) => network switch
    {
        Network.Wide => new WideConvnet(shape),
        Network.Deep => new DeepConvnet(shape),
        Network.Auto when shape.IsRgb || Math.Max(shape.Height, shape.Width) > MostSmall => new DeepConvnet(shape),
        _ => null,
    };
}
