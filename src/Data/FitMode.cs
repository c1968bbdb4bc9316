namespace Toolchain.Data;

/// <summary>What happens to a picture of a digit that is not as MNIST's are.</summary>
public enum FitMode
{
    /// <summary>As MNIST did: any size is brought to 28 x 28, dark on light is inverted.</summary>
    Mnist,

    /// <summary>Pixels stay as they are; another size than 28 x 28 is refused.</summary>
    None,
}
