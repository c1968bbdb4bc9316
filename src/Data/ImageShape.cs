using System.Globalization;

namespace Toolchain.Data;

/// <summary>Channels and size of the images of a dataset, or of a model's input [N,C,H,W].</summary>
/// <param name="Channels">C: 1 for grey, 3 for red, green and blue.</param>
/// <param name="Height">H, rows, pixels.</param>
/// <param name="Width">W, columns, pixels.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Smallest and largest side of an image that a model takes, pixels.</summary>
    public const int LeastSide = 8, MostSide = 128;

    /// <summary>MNIST's: grey, 28 x 28.</summary>
    public static ImageShape Mnist { get; } = new(1, 28, 28);

    /// <summary>Pixels of a channel: H * W.</summary>
    public int PixelCount => Height * Width;

    /// <summary>Numbers of an image: C * H * W.</summary>
    public int Size => Channels * PixelCount;

    /// <summary>Whether images have three channels.</summary>
    public bool IsRgb => Channels == 3;

    /// <summary>Whether a model can take such images: 1 or 3 channels, sides of 8 to 128 pixels.</summary>
    public bool IsValid => Channels is 1 or 3 && Height is >= LeastSide and <= MostSide && Width is >= LeastSide and <= MostSide;

    /// <summary>The axes of N images in a tensor: [N,C,H,W].</summary>
    public long[] Axes(long count) => [count, Channels, Height, Width];

    /// <summary>The shape of a tensor's axes [N,C,H,W]; null where they are no images that a model can take.</summary>
    /// <param name="axes">The axes; of the first any number.</param>
    public static ImageShape? Of(ReadOnlySpan<long> axes) =>
        axes is [_, 1 or 3, >= LeastSide and <= MostSide, >= LeastSide and <= MostSide]
            ? new((int)axes[1], (int)axes[2], (int)axes[3]) : null;

    /// <summary>Such as "28 x 28" or "64 x 48 RGB": width first, as picture sizes are given.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Width} x {Height}{(IsRgb ? " RGB" : "")}");
}
