using System.Buffers;

namespace Toolchain.Data.Images;

/// <summary>
/// Brings a picture of one digit to 28 x 28 as MNIST did: cut to the ink, scaled into a 20 x 20 box with its aspect kept, put with its
/// centre of mass at the centre of the field; of other sizes the box is as large a part. Source: LeCun, Cortes, Burges,
/// http://yann.lecun.com/exdb/mnist. Departures: MNIST started from clean bilevel scans, so here the background's level is taken off first
/// and the result is stretched to full ink, which a thin pen in a large picture needs.
/// </summary>
static class DigitFit
{
    // Side of the box in MNIST's field of 28.
    const double Box = 20 / 28.0;

    // Of 255, after the background is taken off: below this lies paper grain and JPEG noise, and a picture of less contrast is blank.
    const int NoiseLevel = 40;

    /// <summary>Fits one picture.</summary>
    /// <param name="picture">In grey.</param>
    /// <param name="inverted">Whether its ink is darker than its background.</param>
    /// <param name="background">Its background's level.</param>
    /// <param name="shape">Of the result, in grey.</param>
    /// <param name="destination">As many bytes as the shape has; 0 is background.</param>
    public static void Fit(PictureView picture, bool inverted, byte background, ImageShape shape, Span<byte> destination)
    {
        destination[..shape.PixelCount].Clear();
        float[] ink = ArrayPool<float>.Shared.Rent(picture.PixelCount);
        try
        {
            ToInk(picture.Pixels, inverted, background, ink);
            if (Rectangle.Around<float>(ink, picture.Width, picture.Height) is { } bounds)
            {
                double scale = Math.Round(Math.Min(shape.Width, shape.Height) * Box) / Math.Max(bounds.Width, bounds.Height);
                int columns = Math.Max(1, (int)Math.Round(bounds.Width * scale));
                int rows = Math.Max(1, (int)Math.Round(bounds.Height * scale));
                Place(Resampling.Scale(ink, picture.Width, bounds, columns, rows), columns, rows, shape, destination);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(ink);
        }
    }

    // In [0,1]: 0 is background and grain, 1 the strongest ink.
    static void ToInk(ReadOnlySpan<byte> pixels, bool inverted, int background, Span<float> ink)
    {
        float strongest = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            ink[i] = Math.Max(0, (inverted ? background - pixels[i] : pixels[i] - background) - NoiseLevel);
            strongest = Math.Max(strongest, ink[i]);
        }
        for (int i = 0; i < pixels.Length && strongest > 0; i++)
        {
            ink[i] /= strongest;
        }
    }

    static void Place(float[] scaled, int columns, int rows, ImageShape shape, Span<byte> destination)
    {
        double mass = 0, massX = 0, massY = 0;
        float strongest = 0;
        for (int i = 0; i < scaled.Length; i++)
        {
            mass += scaled[i];
            massX += scaled[i] * (i % columns + 0.5);
            massY += scaled[i] * (i / columns + 0.5);
            strongest = Math.Max(strongest, scaled[i]);
        }
        int left = Math.Clamp((int)Math.Round(shape.Width / 2.0 - massX / mass), 0, shape.Width - columns);
        int top = Math.Clamp((int)Math.Round(shape.Height / 2.0 - massY / mass), 0, shape.Height - rows);
        for (int i = 0; i < scaled.Length; i++)
        {
            destination[(top + i / columns) * shape.Width + left + i % columns] = (byte)Math.Round(scaled[i] / strongest * 255);
        }
    }
}
