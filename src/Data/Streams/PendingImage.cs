using Toolchain.Data.Images;

namespace Toolchain.Data.Streams;

/// <summary>An image that is still to be read, decoded or fitted.</summary>
/// <param name="Place">Names the image in errors; the path of a file where there are no bytes yet.</param>
/// <param name="Bytes">The encoded image, or raw grey pixels; null for a file.</param>
/// <param name="Width">Columns of raw pixels; 0 for an encoded image.</param>
/// <param name="Height">Rows of raw pixels.</param>
/// <param name="Problem">Why it was not even read, or null.</param>
sealed record PendingImage(string Place, ReadOnlyMemory<byte>? Bytes = null, int Width = 0, int Height = 0, string? Problem = null)
{
    /// <exception cref="InvalidDataException">The image cannot be read; the message says why.</exception>
    public FitResult Decode(ImageBuffer buffer, FitMode fit, Polarity polarity, Span<byte> pixels)
    {
        if (Width > 0)
        {
            return DigitFit.Fit(Bytes!.Value.Span, Width, Height, fit, polarity, Place, pixels);
        }
        GreyImage image = Grey(buffer);
        return DigitFit.Fit(image.Pixels, image.Width, image.Height, fit, polarity, Place, pixels);
    }

    /// <summary>The image in its own size.</summary>
    /// <exception cref="InvalidDataException">The image cannot be read; the message says why.</exception>
    public GreyImage Grey(ImageBuffer buffer) =>
        Problem is not null ? throw new InvalidDataException(Problem)
        : Width > 0 ? new(Width, Height, Bytes!.Value.ToArray())
        : ImageFile.Decode(Bytes is { } bytes ? bytes.Span : buffer.ReadFile(Place), Place);
}
