using System.Runtime.Intrinsics;
using Toolchain.Data;

namespace Toolchain.Views;

/// <summary>
/// How a channel of a view lies in memory while it is drawn: rows of whole vectors of eight floats, with a black pixel around the image, so
/// that neighbours and vectors need no edge cases. Of 28 x 28 pixels a row has 32 floats.
/// </summary>
/// <param name="height">Rows of the image (H).</param>
/// <param name="width">Columns of the image (W).</param>
public readonly struct ViewCanvas(int height, int width)
{
    /// <summary>That of images of a shape.</summary>
    public ViewCanvas(ImageShape shape) : this(shape.Height, shape.Width)
    {
    }

    /// <summary>Rows of the image.</summary>
    public int Height => height;

    /// <summary>Columns of the image.</summary>
    public int Width => width;

    /// <summary>Distance between rows (S): the least multiple of 8 that holds a row and the pixel on either side.</summary>
    public int Stride { get; } = (width + 2 + 7) / 8 * 8;

    /// <summary>Where pixel (0,0) lies: one row down, one column in.</summary>
    public int Origin => Stride + 1;

    /// <summary>Floats of a channel; the last vector of the last row ends within them.</summary>
    public int Count => Stride * (height + 2) + 8;

    /// <summary>Lengths in pixels are for MNIST's side; those of other images are longer or shorter by this factor.</summary>
    public double Scale => Math.Min(height, width) / 28.0;

    /// <summary>Column numbers 0..7.</summary>
    public static Vector256<float> First => Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    /// <summary>All bits in those lanes of a row's vector at column <paramref name="x"/> that are pixels.</summary>
    public Vector256<float> Mask(int x) => Vector256.LessThan(First, Vector256.Create((float)(width - x)));
}
