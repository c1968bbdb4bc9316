namespace Toolchain.Data;

/// <summary>How images lie in a tensor: N after each other, row-major.</summary>
/// <param name="Count">N.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="IsFloat">float32 in [0,1] rather than bytes.</param>
/// <param name="Offset">Where the first image starts in the (uncompressed) file.</param>
/// <param name="What">What the bytes are called in errors.</param>
readonly record struct PixelLayout(long Count, int Height, int Width, bool IsFloat, long Offset, string What)
{
    /// <summary>The layout of an .npy file: [N,H,W], or [N,784] for 28 x 28; uint8, or float32.</summary>
    /// <exception cref="InvalidDataException">The array has another shape or element type.</exception>
    public static PixelLayout Of(NpyHeader.Parsed header, string path)
    {
        (long height, long width) = header.Shape switch
        {
            [_, long rows, long columns] => (rows, columns),
            [_, DigitSet.PixelCount] => (DigitSet.Side, DigitSet.Side),
            _ => (0, 0),
        };
        if (height < 1 || width < 1 || header.Kind is not (TensorKind.UInt8 or TensorKind.Float32))
        {
            throw new InvalidDataException($"'{path}': offset 10: expected uint8 or float32 [N,28,28], [N,784] or [N,H,W], found {header.Kind} [{string.Join(',', header.Shape)}]; reshape it, or convert it with astype('uint8').");
        }
        GreyImage.RequireSize(width, height, path, GreyImage.MaxTensorPixels);
        return TensorEntry.SizeBytes(header.Kind, header.Shape) is not null
            ? new(header.Shape[0], (int)height, (int)width, header.Kind == TensorKind.Float32, header.DataOffset, "elements")
            : throw new InvalidDataException($"'{path}': offset 10: expected fewer than 2^63 bytes, found shape ({string.Join(", ", header.Shape)}); save the array again.");
    }
}
