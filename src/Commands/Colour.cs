namespace Toolchain.Commands;

/// <summary>Channels of images, as the command line says them.</summary>
public enum Colour
{
    /// <summary>One channel.</summary>
    Gray,

    /// <summary>Red, green and blue.</summary>
    Rgb,
}
