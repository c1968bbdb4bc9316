using Toolchain.Data.Images;

namespace Toolchain.Data.Streams;

/// <summary>An image of a source that is looked at before it is read.</summary>
/// <param name="Picture">The image in its own size.</param>
/// <param name="IsRaw">Whether its source has pixels, not encoded images.</param>
readonly record struct SurveyedImage(Picture Picture, bool IsRaw)
{
    // JPEG makes grey a little coloured; of a picture with colour more than this share of the pixels has it.
    const int LeastChroma = 24;
    const double LeastShare = .002;

    /// <summary>Whether the picture has colour.</summary>
    public bool HasColour
    {
        get
        {
            int count = Picture.Width * Picture.Height, coloured = 0;
            ReadOnlySpan<byte> pixels = Picture.Pixels;
            for (int i = 0; pixels.Length == 3 * count && i < count; i++)
            {
                (byte red, byte green, byte blue) = (pixels[i], pixels[count + i], pixels[2 * count + i]);
                int most = Math.Max(red, Math.Max(green, blue)), least = Math.Min(red, Math.Min(green, blue));
                coloured += most - least >= LeastChroma ? 1 : 0;
            }
            return coloured > count * LeastShare;
        }
    }
}
