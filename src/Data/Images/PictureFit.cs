using System.Buffers;

namespace Toolchain.Data.Images;

/// <summary>Brings a whole picture to 28 x 28, whatever it shows: nothing is cut to ink, stretched to full contrast or centred by
/// mass, as <see cref="DigitFit"/> does.</summary>
static class PictureFit
{
    const int side = ImageSet.Side;

    /// <summary>Fits one picture.</summary>
    /// <param name="pixels">width * height bytes, row-major.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="mode"><see cref="FitMode.Letterbox"/>: all of it, aspect kept, centred between bars of the background's level;
    /// <see cref="FitMode.Crop"/>: its middle square; <see cref="FitMode.Stretch"/>: all of it, without regard to its aspect.</param>
    /// <param name="destination">784 bytes.</param>
    public static void Fit(ReadOnlySpan<byte> pixels, int width, int height, FitMode mode, Span<byte> destination)
    {
        int least = Math.Min(width, height), most = Math.Max(width, height);
        (int left, int top) = mode == FitMode.Crop ? ((width - least) / 2, (height - least) / 2) : (0, 0);
        Rectangle part = mode == FitMode.Crop ? new(left, top, left + least, top + least) : new(0, 0, width, height);
        (int columns, int rows) = mode == FitMode.Letterbox ? (Scaled(width), Scaled(height)) : (side, side);
        float[] plane = ArrayPool<float>.Shared.Rent(pixels.Length);
        try
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                plane[i] = pixels[i];
            }
            float[] scaled = Resampling.Scale(plane, width, part, columns, rows);
            destination[..ImageSet.PixelCount].Fill(DigitFit.RingMedian(pixels, width, height));
            for (int i = 0; i < scaled.Length; i++)
            {
                destination[((side - rows) / 2 + i / columns) * side + (side - columns) / 2 + i % columns] = (byte)MathF.Round(scaled[i]);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(plane);
        }

        int Scaled(int length) => Math.Max(1, (int)Math.Round((double)length * side / most));
    }
}
