namespace Toolchain.Data.Images;

/// <summary>A greyscale picture of any size.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Width * Height bytes, row-major, 0 for black.</param>
readonly record struct GreyImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>
    /// Largest width times height that is read: 4096 squared, far above any scan of one digit. In colour it takes 64 MiB while it is
    /// decoded.
    /// </summary>
    public const int MaxPixels = 1 << 24;

    /// <summary>Largest image of a tensor, 512 squared: a batch of them is in memory at a time.</summary>
    public const int MaxTensorPixels = 1 << 18;

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
    /// Grey from red, green, blue and alpha (four bytes a pixel, alpha not multiplied in), by the luma of ITU-R BT.601. What is
    /// transparent becomes the opposite of the ink: black under bright ink, white under dark.
    /// </summary>
    public static GreyImage FromRgba(int width, int height, ReadOnlySpan<byte> rgba)
    {
        byte[] grey = new byte[width * height];
        long ink = 0, cover = 0;
        for (int i = 0; i < grey.Length; i++)
        {
            ReadOnlySpan<byte> pixel = rgba.Slice(4 * i, 4);
            grey[i] = (byte)((299 * pixel[0] + 587 * pixel[1] + 114 * pixel[2] + 500) / 1000);
            ink += grey[i] * pixel[3];
            cover += pixel[3];
        }
        int backdrop = ink > cover * 127 ? 0 : 255;
        for (int i = 0; i < grey.Length; i++)
        {
            int alpha = rgba[4 * i + 3];
            grey[i] = (byte)((grey[i] * alpha + backdrop * (255 - alpha) + 127) / 255);
        }
        return new(width, height, grey);
    }
}
