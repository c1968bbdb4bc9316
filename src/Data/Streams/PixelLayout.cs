using Toolchain.Data.Images;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Streams;

/// <summary>How images lie in a tensor: N after each other, row-major.</summary>
/// <param name="Count">N.</param>
/// <param name="Shape">Channels, rows and columns of an image.</param>
/// <param name="IsInterleaved">Whether the channels of a pixel lie together, as in [N,H,W,3].</param>
/// <param name="Kind">Type of the elements.</param>
/// <param name="IsBigEndian">Whether an element's highest byte comes first.</param>
/// <param name="Offset">Where the first image starts in the (uncompressed) file.</param>
/// <param name="What">What the bytes are called in errors.</param>
readonly record struct PixelLayout(
    long Count, ImageShape Shape, bool IsInterleaved, TensorKind Kind, bool IsBigEndian, long Offset, string What)
{
    /// <summary>Bytes of an image.</summary>
    public int ImageBytes => Shape.Size * TensorEntry.ElementSize(Kind);

    /// <summary>The layout of an array: [N,H,W], [N,C,H,W] or [N,H,W,C] of 1 or 3 channels, or [N,D] with a square D, such
    /// as 784.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="kind">Its element type.</param>
    /// <param name="isBigEndian">Whether an element's highest byte comes first.</param>
    /// <param name="offset">Where the elements start.</param>
    /// <param name="path">Named in errors.</param>
    /// <exception cref="InvalidDataException">The array has another shape.</exception>
    public static PixelLayout Of(ReadOnlySpan<long> shape, TensorKind kind, bool isBigEndian, long offset, string path)
    {
        long[] sizes = shape switch
        {
            [_, long rows, long columns] => [1, rows, columns],
            [_, 1 or 3, long rows, long columns] => [shape[1], rows, columns],
            [_, long rows, long columns, 1 or 3] => [shape[3], rows, columns],
            [_, long pixels] when pixels <= Picture.MaxTensorPixels && Math.Sqrt(pixels) is var side && side == (long)side =>
                [1, (long)side, (long)side],
            _ => [0, 0, 0],
        };
        (long height, long width) = (sizes[1], sizes[2]);
        // A square of a usual size before another length: the images' axis is the last one.
        bool isLast = shape is [long first, long second, long third] && first == second && second != third && first is >= 8 and <= 64;
        if (height < 1 || width < 1 || isLast)
        {
            string advice = shape switch
            {
                [_, _, _, 4] => "without transparency it is array[..., :3]",
                [_, 4, _, _] => "without transparency it is array[:, :3]",
                [_, _, _] => "the images' axis comes first: numpy.moveaxis(array, 2, 0)",
                [long pixels, _] when IsSquare(pixels) => "an image is a row, not a column: array.T",
                [long rows, long columns] when rows == columns => "one image is array[None]",
                [_, _] => "rows of other images are array.reshape(-1, H, W)",
                [long pixels] when IsSquare(pixels) => "one image is array.reshape(1, H, W)",
                _ => "images are array.reshape(-1, H, W)",
            };
            throw new InvalidDataException($"'{path}': offset 10: expected [N,H,W], [N,C,H,W] or [N,H,W,C] of 1 or 3 channels, or "
                + $"[N,784], found [{string.Join(',', shape.ToArray())}]; {advice}.");
        }
        Picture.RequireSize(width, height, path, Picture.MaxTensorPixels);
        return TensorEntry.SizeBytes(kind, shape) is not null
            ? new(shape[0], new((int)sizes[0], (int)height, (int)width), shape is [_, not (1 or 3), _, 3], kind, isBigEndian, offset,
                "elements")
            : throw new InvalidDataException($"'{path}': offset 10: expected fewer than 2^63 bytes, found shape "
                + $"({string.Join(", ", shape.ToArray())}); save the array again.");
    }

    static bool IsSquare(long pixels) => pixels >= 64 && Math.Sqrt(pixels) is var side && side == (long)side;
}
