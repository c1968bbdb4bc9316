namespace Toolchain.Data;

/// <summary>What happens to a picture of another size than 28 x 28.</summary>
public enum FitMode
{
    /// <summary>As MNIST did: cut to the ink, scaled into 20 x 20, centred by its mass; dark on light is inverted, of any size.</summary>
    Digit,

    /// <summary>Pixels stay as they are; another size is refused.</summary>
    None,

    /// <summary>The whole picture with its aspect kept, between bars of its background.</summary>
    Letterbox,

    /// <summary>The middle square of the picture.</summary>
    Crop,

    /// <summary>The whole picture, without regard to its aspect.</summary>
    Stretch,
}
