namespace Toolchain.Data.Images;

/// <summary>Many digits in one picture.</summary>
public static class ImageSheet
{
    const int Gap = 2;

    /// <summary>Writes a PNG of images in rows, left to right, top to bottom, dark ink on white, each pixel enlarged.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="pixels">N * 784 bytes; N at least 1.</param>
    /// <param name="columns">Images in a row.</param>
    /// <param name="zoom">Side, in pixels, of what one pixel becomes.</param>
    /// <exception cref="ArgumentException">There are no images, or no whole number of them.</exception>
    public static void Write(string path, ReadOnlySpan<byte> pixels, int columns = 10, int zoom = 2)
    {
        byte[] file = Encode(pixels, columns, zoom);
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>The same picture as the bytes of a PNG file.</summary>
    /// <exception cref="ArgumentException">There are no images, or no whole number of them.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int columns = 10, int zoom = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(zoom, 1);
        if (pixels.IsEmpty || pixels.Length % ImageSet.PixelCount != 0)
        {
            throw new ArgumentException($"'{nameof(pixels)}' must hold N * {ImageSet.PixelCount} bytes with N at least 1, held "
                + $"{pixels.Length}.", nameof(pixels));
        }
        int count = pixels.Length / ImageSet.PixelCount;
        int rows = (count + columns - 1) / columns;
        int cell = (ImageSet.Side + Gap) * zoom;
        byte[] sheet = new byte[cell * columns * cell * rows];
        sheet.AsSpan().Fill(255);
        for (int index = 0; index < count; index++)
        {
            int start = (index / columns * cell + Gap * zoom / 2) * cell * columns + index % columns * cell + Gap * zoom / 2;
            Draw(pixels.Slice(index * ImageSet.PixelCount, ImageSet.PixelCount), sheet.AsSpan(start), cell * columns, zoom);
        }
        return PngWriter.Encode(cell * columns, cell * rows, 1, sheet);
    }

    static void Draw(ReadOnlySpan<byte> image, Span<byte> target, int stride, int zoom)
    {
        for (int y = 0; y < ImageSet.Side * zoom; y++)
        {
            for (int x = 0; x < ImageSet.Side * zoom; x++)
            {
                target[y * stride + x] = (byte)(255 - image[y / zoom * ImageSet.Side + x / zoom]);
            }
        }
    }
}
