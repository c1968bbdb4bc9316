using Toolchain.Data.Images;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Streams;

/// <summary>How images lie in a tensor: N after each other, row-major.</summary>
/// <param name="Count">N.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Kind">Type of the elements.</param>
/// <param name="IsBigEndian">Whether an element's highest byte comes first.</param>
/// <param name="Offset">Where the first image starts in the (uncompressed) file.</param>
/// <param name="What">What the bytes are called in errors.</param>
readonly record struct PixelLayout(long Count, int Height, int Width, TensorKind Kind, bool IsBigEndian, long Offset, string What)
{
    /// <summary>Bytes of an image.</summary>
    public int ImageBytes => Width * Height * TensorEntry.ElementSize(Kind);

    static bool IsSquare(long pixels) => pixels >= 64 && Math.Sqrt(pixels) is var side && side == (long)side;

    /// <summary>The layout of an array: [N,H,W], [N,1,H,W], [N,H,W,1], or [N,D] with a square D, such as 784.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="kind">Its element type.</param>
    /// <param name="isBigEndian">Whether an element's highest byte comes first.</param>
    /// <param name="offset">Where the elements start.</param>
    /// <param name="path">Named in errors.</param>
    /// <exception cref="InvalidDataException">The array has another shape.</exception>
    public static PixelLayout Of(ReadOnlySpan<long> shape, TensorKind kind, bool isBigEndian, long offset, string path)
    {
        (long height, long width) = shape switch
        {
            [_, long rows, long columns] => (rows, columns),
            [_, 1, long rows, long columns] => (rows, columns),
            [_, long rows, long columns, 1] => (rows, columns),
            [_, long pixels] when pixels <= GreyImage.MaxTensorPixels && Math.Sqrt(pixels) is var side
                && side == (long)side => ((long)side, (long)side),
            _ => (0, 0),
        };
        bool isLast = shape is [long first, long second, long third] && first == second && second != third && first is >= 8 and <= 64;
        if (height < 1 || width < 1 || isLast)
        {
            string advice = shape switch
            {
                [_, _, _, 3 or 4] => "grey images are array[..., :3].mean(axis=3)",
                [_, 3 or 4, _, _] => "grey images are array[:, :3].mean(axis=1)",
                [_, _, _] => "the images' axis comes first: numpy.moveaxis(array, 2, 0)",
                [long pixels, _] when IsSquare(pixels) => "an image is a row, not a column: array.T",
                [long rows, long columns] when rows == columns => "one image is array[None]",
                [_, _] => "rows of other images are array.reshape(-1, H, W)",
                [long pixels] when IsSquare(pixels) => "one image is array.reshape(1, H, W)",
                _ => "images are array.reshape(-1, H, W)",
            };
            throw new InvalidDataException($"'{path}': offset 10: expected [N,28,28], [N,784], [N,1,H,W], [N,H,W,1] or "
                + "[N,H,W], found "
                + $"[{string.Join(',', shape.ToArray())}]; {advice}.");
        }
        GreyImage.RequireSize(width, height, path, GreyImage.MaxTensorPixels);
        return TensorEntry.SizeBytes(kind, shape) is not null
            ? new(shape[0], (int)height, (int)width, kind, isBigEndian, offset, "elements")
            : throw new InvalidDataException($"'{path}': offset 10: expected fewer than 2^63 bytes, found shape "
                + $"({string.Join(", ", shape.ToArray())}); save the array again.");
    }
}
