using Toolchain.Data.Images;

namespace Toolchain.Data.Streams;

/// <summary>An image that is still to be read, decoded or fitted.</summary>
/// <param name="Place">Names the image in errors; the path of a file where there are no bytes yet.</param>
/// <param name="Bytes">The encoded image, or raw pixels, channel after channel; null for a file.</param>
/// <param name="Width">Columns of raw pixels; 0 for an encoded image.</param>
/// <param name="Height">Rows of raw pixels.</param>
/// <param name="Problem">Why it was not even read, or null.</param>
sealed record PendingImage(string Place, ReadOnlyMemory<byte>? Bytes = null, int Width = 0, int Height = 0, string? Problem = null)
{
    /// <summary>The image as a model takes it.</summary>
    /// <exception cref="InvalidDataException">The image cannot be read; the message says why.</exception>
    public FitResult Decode(ImageBuffer buffer, Preprocess wanted, Span<byte> pixels)
    {
        if (Width > 0)
        {
            return PictureFit.Fit(new(Bytes!.Value.Span, Width, Height, Place), wanted, pixels);
        }
        Picture image = Picture(buffer, wanted.Shape.Channels);
        return PictureFit.Fit(new(image.Pixels, image.Width, image.Height, Place), wanted, pixels);
    }

    /// <summary>The image in its own size.</summary>
    /// <param name="buffer">For files.</param>
    /// <param name="channels">Wanted of an encoded image; a grey one may stay so.</param>
    /// <exception cref="InvalidDataException">The image cannot be read; the message says why.</exception>
    public Picture Picture(ImageBuffer buffer, int channels) =>
        Problem is not null ? throw new InvalidDataException(Problem)
        : Width > 0 ? new(Width, Height, Bytes!.Value.ToArray())
        : ImageFile.Decode(Bytes is { } bytes ? bytes.Span : buffer.ReadFile(Place), Place, channels);
}
