namespace Toolchain.Data.Images;

/// <summary>A picture of any size, grey or in colour.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Width * Height bytes for each channel, channel after channel, row-major, 0 for black.</param>
readonly record struct Picture(int Width, int Height, byte[] Pixels)
{
    /// <summary>
    /// Largest width times height that is read: 4096 squared, far above any scan of one digit. In colour it takes 64 MiB while it is
    /// decoded.
    /// </summary>
    public const int MaxPixels = 1 << 24;

    /// <summary>Largest image of a tensor, 512 squared: a batch of them is in memory at a time.</summary>
    public const int MaxTensorPixels = 1 << 18;

    /// <summary>1 for grey, 3 for red, green and blue.</summary>
    public int Channels => Pixels.Length / (Width * Height);

    /// <summary>Checks a size that a header claims, before anything is allocated for it.</summary>
    public static void RequireSize(long width, long height, string name, int most = MaxPixels)
    {
        if (width < 1 || height < 1 || width > most || height > most || width * height > most)
        {
            throw new InvalidDataException($"'{name}': expected 1 to {most} pixels, found a header of {width} x {height}; "
                + (width < 1 || height < 1 ? "save the image again." : "scale the image down."));
        }
    }

    /// <summary>
    /// A picture from red, green, blue and alpha (four bytes a pixel, alpha not multiplied in). What is transparent becomes the opposite of
    /// the ink: black under bright ink, white under dark.
    /// </summary>
    public static Picture FromRgba(int width, int height, ReadOnlySpan<byte> rgba, int channels)
    {
        int count = width * height;
        byte[] pixels = new byte[count * channels];
        long ink = 0, cover = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> pixel = rgba.Slice(4 * i, 4);
            pixels[i] = Luma(pixel[0], pixel[1], pixel[2]);
            ink += pixels[i] * pixel[3];
            cover += pixel[3];
        }
        int backdrop = ink > cover * 127 ? 0 : 255;
        for (int channel = 0; channel < channels; channel++)
        {
            Span<byte> plane = pixels.AsSpan(channel * count, count);
            for (int i = 0; i < plane.Length; i++)
            {
                int alpha = rgba[4 * i + 3], value = channels == 1 ? plane[i] : rgba[4 * i + channel];
                plane[i] = (byte)((value * alpha + backdrop * (255 - alpha) + 127) / 255);
            }
        }
        return new(width, height, pixels);
    }

    /// <summary>The picture in another number of channels: grey by luma, colour of grey by three equal planes.</summary>
    public static void Convert(ReadOnlySpan<byte> pixels, int pixelCount, Span<byte> target)
    {
        if (pixels.Length == target.Length)
        {
            pixels.CopyTo(target);
            return;
        }
        ReadOnlySpan<byte> first = pixels[..pixelCount];
        for (int at = 0; pixels.Length == pixelCount && at < target.Length; at += pixelCount)
        {
            first.CopyTo(target[at..]);
        }
        for (int i = 0; target.Length == pixelCount && i < pixelCount; i++)
        {
            target[i] = Luma(first[i], pixels[pixelCount + i], pixels[2 * pixelCount + i]);
        }
    }

    /// <summary>The same picture in grey.</summary>
    public Picture ToGrey()
    {
        if (Channels == 1)
        {
            return this;
        }
        byte[] grey = new byte[Width * Height];
        Convert(Pixels, grey.Length, grey);
        return new(Width, Height, grey);
    }

    // ITU-R BT.601.
    static byte Luma(byte red, byte green, byte blue) => (byte)((299 * red + 587 * green + 114 * blue + 500) / 1000);
}
