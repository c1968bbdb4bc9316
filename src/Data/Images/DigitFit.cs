using System.Buffers;

namespace Toolchain.Data.Images;

/// <summary>What was done to a picture.</summary>
/// <param name="Fitted">It had another size than 28 x 28.</param>
/// <param name="Inverted">It was dark on light.</param>
readonly record struct FitResult(bool Fitted, bool Inverted);

/// <summary>
/// Brings a picture of one digit to 28 x 28 as MNIST did: cut to the ink, scaled into a 20 x 20 box with its aspect kept, put with its
/// centre of mass at the centre of the field. Source: LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist. Departures: MNIST started
/// from clean bilevel scans, so here the background's level is taken off first and the result is stretched to full ink, which a thin pen in
/// a large picture needs.
/// </summary>
static class DigitFit
{
    const int Box = 20;

    // Of 255, after the background is taken off: below this lies paper grain and JPEG noise, and a picture of less contrast is blank.
    const int NoiseLevel = 40;

    /// <summary>Fits one picture.</summary>
    /// <param name="pixels">width * height bytes, row-major.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="mode">Whether to fit at all.</param>
    /// <param name="polarity">Whether to invert; <see cref="Polarity.Auto"/> goes by the picture itself.</param>
    /// <param name="name">Names the picture in errors.</param>
    /// <param name="destination">784 bytes; 0 is background. A picture of 28 x 28 is copied as it is; all others are fitted. Both are
    /// inverted where they are dark on light (the median of the outermost ring of pixels is above 127), for MNIST's ink is bright on black.
    /// With another mode than <see cref="FitMode.Digit"/> that happens only where <paramref name="polarity"/> says so.</param>
    /// <exception cref="InvalidDataException">The mode is <see cref="FitMode.None"/> and the size another.</exception>
    public static FitResult Fit(ReadOnlySpan<byte> pixels, int width, int height, FitMode mode, Polarity polarity, string name,
        Span<byte> destination)
    {
        bool right = width == ImageSet.Side && height == ImageSet.Side;
        if (mode == FitMode.None)
        {
            if (!right)
            {
                throw new InvalidDataException($"'{name}': expected 28 x 28 pixels, found {width} x {height}; leave out --fit none to have "
                    + $"images fitted.");
            }
            pixels.CopyTo(destination);
            return new(false, polarity == Polarity.Dark && Invert(destination));
        }
        byte background = RingMedian(pixels, width, height);
        bool inverted = polarity == Polarity.Dark || (polarity == Polarity.Auto && mode == FitMode.Digit && background > 127);
        if (right)
        {
            pixels.CopyTo(destination);
            return new(false, inverted && Invert(destination));
        }
        if (mode != FitMode.Digit)
        {
            PictureFit.Fit(pixels, width, height, mode, destination);
            return new(true, inverted && Invert(destination));
        }
        destination[..ImageSet.PixelCount].Clear();
        float[] ink = ArrayPool<float>.Shared.Rent(pixels.Length);
        try
        {
            ToInk(pixels, inverted, background, ink);
            if (Bounds(ink, width, height) is { } bounds)
            {
                double scale = (double)Box / Math.Max(bounds.Width, bounds.Height);
                int columns = Math.Max(1, (int)Math.Round(bounds.Width * scale));
                int rows = Math.Max(1, (int)Math.Round(bounds.Height * scale));
                Place(Resampling.Scale(ink, width, bounds, columns, rows), columns, rows, destination);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(ink);
        }
        return new(true, inverted);
    }

    /// <summary>Inverts an image of 28 x 28 where it is dark on light; says whether it was.</summary>
    public static bool ToLight(Span<byte> image, FitMode mode, Polarity polarity) =>
        (polarity == Polarity.Dark || (polarity == Polarity.Auto && mode == FitMode.Digit
            && RingMedian(image, ImageSet.Side, ImageSet.Side) > 127)) && Invert(image);

    /// <summary>Swaps rows and columns of an image of 28 x 28.</summary>
    public static void Transpose(Span<byte> image)
    {
        for (int row = 0; row < ImageSet.Side; row++)
        {
            for (int column = 0; column < row; column++)
            {
                (int here, int there) = (row * ImageSet.Side + column, column * ImageSet.Side + row);
                (image[here], image[there]) = (image[there], image[here]);
            }
        }
    }

    static bool Invert(Span<byte> image)
    {
        for (int i = 0; i < ImageSet.PixelCount; i++)
        {
            image[i] = (byte)(255 - image[i]);
        }
        return true;
    }

    /// <summary>The median of the outermost ring of pixels: the background's level.</summary>
    public static byte RingMedian(ReadOnlySpan<byte> pixels, int width, int height)
    {
        Span<int> counts = stackalloc int[256];
        int total = 0;
        for (int y = 0; y < height; y++)
        {
            int step = y == 0 || y == height - 1 ? 1 : Math.Max(1, width - 1);
            for (int x = 0; x < width; x += step)
            {
                counts[pixels[y * width + x]]++;
                total++;
            }
        }
        int level = 0;
        for (int below = counts[0]; 2 * below < total; below += counts[level])
        {
            level++;
        }
        return (byte)level;
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

    static Rectangle? Bounds(float[] ink, int width, int height)
    {
        int left = width, top = height, right = 0, bottom = 0;
        for (int i = 0; i < width * height; i++)
        {
            if (ink[i] > 0)
            {
                (int y, int x) = Math.DivRem(i, width);
                (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
            }
        }
        return right > left ? new(left, top, right, bottom) : null;
    }

    static void Place(float[] scaled, int columns, int rows, Span<byte> destination)
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
        int left = Math.Clamp((int)Math.Round(ImageSet.Side / 2.0 - massX / mass), 0, ImageSet.Side - columns);
        int top = Math.Clamp((int)Math.Round(ImageSet.Side / 2.0 - massY / mass), 0, ImageSet.Side - rows);
        for (int i = 0; i < scaled.Length; i++)
        {
            destination[(top + i / columns) * ImageSet.Side + left + i % columns] = (byte)Math.Round(scaled[i] / strongest * 255);
        }
    }
}
