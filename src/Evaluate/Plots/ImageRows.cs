using Toolchain.Data;

namespace Toolchain.Evaluate.Plots;

/// <summary>Images of a sheet.</summary>
/// <param name="Pixels">N * C * H * W bytes, image after image, each from its upper left corner on.</param>
/// <param name="Columns">Images of a row, at least 1.</param>
/// <param name="Preprocess">Their shape, and whether they are digits.</param>
public sealed record ImageRows(byte[] Pixels, int Columns, Preprocess Preprocess)
{
    /// <summary>Number of images.</summary>
    public int Count => Pixels.Length / Preprocess.Shape.Size;

    /// <summary>A pixel of a value in [0,1]; values outside are taken as the nearest of them.</summary>
    public static byte Pixel(double value) => (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
}
