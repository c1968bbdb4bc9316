using Toolchain.Data;

namespace Toolchain.Train.Augmentations;

/// <summary>Bilinear reading between pixels, black outside.</summary>
static class Sampler
{
    const int side = DigitSet.Side, stride = side + 2;

    /// <summary>Floats of a padded image: one black pixel on every side.</summary>
    public const int PaddedCount = stride * stride;

    /// <summary>Bytes as floats in [0,1], with a black border.</summary>
    public static void Pad(ReadOnlySpan<byte> image, Span<float> padded)
    {
        padded.Clear();
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                padded[(y + 1) * stride + x + 1] = image[y * side + x] * (1f / 255);
            }
        }
    }

    /// <summary>The brightness at (x, y), in pixels from the centre of the top left one.</summary>
    public static float Bilinear(ReadOnlySpan<float> padded, float x, float y)
    {
        // Moved into the border, everything outside reads black without a branch per corner.
        x = Math.Clamp(x + 1, 0, side + 0.9999f);
        y = Math.Clamp(y + 1, 0, side + 0.9999f);
        int left = (int)x, top = (int)y, at = top * stride + left;
        float right = x - left, bottom = y - top;
        float upper = padded[at] + right * (padded[at + 1] - padded[at]);
        float lower = padded[at + stride] + right * (padded[at + stride + 1] - padded[at + stride]);
        return upper + bottom * (lower - upper);
    }
}
