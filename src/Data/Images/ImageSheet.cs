namespace Toolchain.Data.Images;

/// <summary>Many images in one picture.</summary>
public static class ImageSheet
{
    // Between two images, in their pixels.
    const int Gap = 2;

    /// <summary>Writes a PNG of images in rows, left to right, top to bottom, each pixel enlarged, on white.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="pixels">N * C * H * W bytes; N at least 1.</param>
    /// <param name="preprocess">Their shape; digits are drawn dark on white, others as they are.</param>
    /// <param name="columns">Images in a row.</param>
    /// <param name="zoom">Side, in pixels, of what one pixel becomes.</param>
    /// <exception cref="ArgumentException">There are no images, no whole number of them, or less than 1 column or zoom.</exception>
    public static void Write(string path, ReadOnlySpan<byte> pixels, Preprocess preprocess, int columns = 10, int zoom = 2)
    {
        byte[] file = Encode(pixels, preprocess, columns, zoom);
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>The same picture as the bytes of a PNG file.</summary>
    /// <exception cref="ArgumentException">There are no images, no whole number of them, or less than 1 column or zoom.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, Preprocess preprocess, int columns = 10, int zoom = 2)
    {
        ArgumentNullException.ThrowIfNull(preprocess);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(zoom, 1);
        ImageShape shape = preprocess.Shape;
        if (pixels.IsEmpty || pixels.Length % shape.Size != 0)
        {
            throw new ArgumentException($"'{nameof(pixels)}' must hold N * {shape.Size} bytes with N at least 1, held {pixels.Length}.",
                nameof(pixels));
        }
        int count = pixels.Length / shape.Size, rows = (count + columns - 1) / columns;
        int width = (shape.Width + Gap) * zoom * columns, height = (shape.Height + Gap) * zoom * rows;
        byte[] sheet = new byte[width * height * shape.Channels];
        sheet.AsSpan().Fill(255);
        for (int index = 0; index < count; index++)
        {
            int top = index / columns * (shape.Height + Gap) * zoom + Gap * zoom / 2;
            int left = index % columns * (shape.Width + Gap) * zoom + Gap * zoom / 2;
            Draw(pixels.Slice(index * shape.Size, shape.Size), preprocess, sheet.AsSpan((top * width + left) * shape.Channels), width,
                zoom);
        }
        return PngWriter.Encode(width, height, shape.Channels, sheet);
    }

    /// <summary>An image that leaves its place on a sheet white.</summary>
    public static byte[] Blank(Preprocess preprocess)
    {
        ArgumentNullException.ThrowIfNull(preprocess);
        byte[] image = new byte[preprocess.Shape.Size];
        Array.Fill(image, preprocess.IsInk ? (byte)0 : (byte)255);
        return image;
    }

    static void Draw(ReadOnlySpan<byte> image, Preprocess preprocess, Span<byte> target, int stride, int zoom)
    {
        ImageShape shape = preprocess.Shape;
        for (int y = 0; y < shape.Height * zoom; y++)
        {
            for (int x = 0; x < shape.Width * zoom; x++)
            {
                int from = y / zoom * shape.Width + x / zoom, to = (y * stride + x) * shape.Channels;
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    byte value = image[channel * shape.PixelCount + from];
                    target[to + channel] = preprocess.IsInk ? (byte)(255 - value) : value;
                }
            }
        }
    }
}
