using System.Buffers;

namespace Toolchain.Data.Images;

/// <summary>What was done to a picture.</summary>
/// <param name="Fitted">It had another size.</param>
/// <param name="Inverted">It was dark on light.</param>
readonly record struct FitResult(bool Fitted, bool Inverted);

/// <summary>Brings a picture to the shape that a model takes.</summary>
static class PictureFit
{
    /// <summary>Fits one picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="wanted">Shape, fit and polarity. <see cref="FitMode.Digit"/>: <see cref="DigitFit"/>, which inverts what is dark on
    /// light (the median of the outermost ring of pixels is above 127) where the polarity is <see cref="Polarity.Auto"/>;
    /// <see cref="FitMode.Letterbox"/>: all of it, aspect kept, centred between bars of the background's level;
    /// <see cref="FitMode.Crop"/>: its middle; <see cref="FitMode.Stretch"/>: all of it, without regard to its aspect. With these a picture
    /// is inverted only where the polarity is <see cref="Polarity.Dark"/>. One of the right size stays as it is but for that.</param>
    /// <param name="destination">As many bytes as the shape has, channel after channel.</param>
    /// <exception cref="InvalidDataException">The fit is <see cref="FitMode.None"/> and the size another.</exception>
    public static FitResult Fit(PictureView picture, Preprocess wanted, Span<byte> destination)
    {
        ImageShape shape = wanted.Shape;
        if (picture.Channels == shape.Channels)
        {
            return FitPlanes(picture, wanted, destination);
        }
        byte[] converted = ArrayPool<byte>.Shared.Rent(picture.PixelCount * shape.Channels);
        try
        {
            Span<byte> pixels = converted.AsSpan(0, picture.PixelCount * shape.Channels);
            Picture.Convert(picture.Pixels, picture.PixelCount, pixels);
            return FitPlanes(new(pixels, picture.Width, picture.Height, picture.Name), wanted, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(converted);
        }
    }

    static FitResult FitPlanes(PictureView picture, Preprocess wanted, Span<byte> destination)
    {
        (ImageShape shape, FitMode mode, Polarity polarity) = wanted;
        bool right = picture.Width == shape.Width && picture.Height == shape.Height;
        if (mode == FitMode.None && !right)
        {
            throw new InvalidDataException($"'{picture.Name}': expected {shape.Width} x {shape.Height} pixels, found {picture.Width} x "
                + $"{picture.Height}; leave out --fit none to have images fitted.");
        }
        byte background = wanted.IsInk ? RingMedian(picture.Pixels, picture.Width, picture.Height) : (byte)0;
        bool inverted = polarity == Polarity.Dark || (polarity == Polarity.Auto && background > 127);
        if (right)
        {
            picture.Pixels.CopyTo(destination);
            return new(false, inverted && Invert(destination[..shape.Size]));
        }
        if (wanted.IsInk)
        {
            DigitFit.Fit(picture, inverted, background, shape, destination);
            return new(true, inverted);
        }
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            Scale(picture, channel, wanted, destination.Slice(channel * shape.PixelCount, shape.PixelCount));
        }
        return new(true, inverted && Invert(destination[..shape.Size]));
    }

    static void Scale(PictureView picture, int channel, Preprocess wanted, Span<byte> destination)
    {
        (int width, int height, int sideX, int sideY) = (picture.Width, picture.Height, wanted.Shape.Width, wanted.Shape.Height);
        // Whether the result's height leaves room, or its width.
        bool isWide = (long)width * sideY >= (long)height * sideX;
        Rectangle part = new(0, 0, width, height);
        (int columns, int rows) = (sideX, sideY);
        if (wanted.Fit == FitMode.Crop)
        {
            (int kept, int keptRows) = isWide ? (Nearest(height, sideX, sideY), height) : (width, Nearest(width, sideY, sideX));
            (int left, int top) = ((width - kept) / 2, (height - keptRows) / 2);
            part = new(left, top, left + kept, top + keptRows);
        }
        else if (wanted.Fit != FitMode.Stretch)
        {
            (columns, rows) = isWide ? (sideX, Nearest(height, sideX, width)) : (Nearest(width, sideY, height), sideY);
        }
        ReadOnlySpan<byte> source = picture.Plane(channel);
        float[] plane = ArrayPool<float>.Shared.Rent(source.Length);
        try
        {
            for (int i = 0; i < source.Length; i++)
            {
                plane[i] = source[i];
            }
            float[] scaled = Resampling.Scale(plane, width, part, columns, rows);
            destination.Fill(RingMedian(source, width, height));
            for (int i = 0; i < scaled.Length; i++)
            {
                destination[((sideY - rows) / 2 + i / columns) * sideX + (sideX - columns) / 2 + i % columns] =
                    (byte)MathF.Round(scaled[i]);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(plane);
        }
    }

    // length * numerator / denominator, at least 1.
    static int Nearest(int length, int numerator, int denominator) =>
        Math.Max(1, (int)Math.Round((double)length * numerator / denominator));

    /// <summary>Inverts an image that is in its shape where it is dark on light; says whether it was.</summary>
    public static bool ToLight(Span<byte> image, Preprocess wanted) =>
        (wanted.Polarity == Polarity.Dark || (wanted is { Polarity: Polarity.Auto, IsInk: true }
            && RingMedian(image, wanted.Shape.Width, wanted.Shape.Height) > 127)) && Invert(image);

    /// <summary>Swaps rows and columns of a square image.</summary>
    public static void Transpose(Span<byte> image, ImageShape shape)
    {
        int side = shape.Width;
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            Span<byte> plane = image.Slice(channel * shape.PixelCount, shape.PixelCount);
            for (int row = 0; row < side; row++)
            {
                for (int column = 0; column < row; column++)
                {
                    (int here, int there) = (row * side + column, column * side + row);
                    (plane[here], plane[there]) = (plane[there], plane[here]);
                }
            }
        }
    }

    // Always true, for expressions that say whether it was done.
    static bool Invert(Span<byte> image)
    {
        for (int i = 0; i < image.Length; i++)
        {
            image[i] = (byte)(255 - image[i]);
        }
        return true;
    }

    /// <summary>The median of the outermost ring of a plane's pixels: the background's level.</summary>
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
}
