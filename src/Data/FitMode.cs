namespace Toolchain.Data;

/// <summary>What happens to a picture of another size than the model takes.</summary>
public enum FitMode
{
    /// <summary>As MNIST did: cut to the ink, scaled into 20/28 of the shorter side, centred by its mass; dark on light is inverted, of any
    /// size. For grey images only.</summary>
    Digit,

    /// <summary>Pixels stay as they are; another size is refused.</summary>
    None,

    /// <summary>The whole picture with its aspect kept, between bars of its background.</summary>
    Letterbox,

    /// <summary>The middle of the picture, with the aspect of the result.</summary>
    Crop,

    /// <summary>The whole picture, without regard to its aspect.</summary>
    Stretch,
}
