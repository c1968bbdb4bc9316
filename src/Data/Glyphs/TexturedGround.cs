using Toolchain.Data.Seeds;

namespace Toolchain.Data.Glyphs;

/// <summary>
/// Ink of a random colour on a ground of two others, mixed by smooth noise. Everywhere the luma of ink and ground differ by
/// <see cref="LeastContrast"/> or more; whether the ink is the brighter one is random. Uses only +, -, *, / and rounding, so that the bytes
/// are the same on every machine.
/// </summary>
static class TexturedGround
{
    /// <summary>Least difference of luma, of 255, between full ink and any ground.</summary>
    public const int LeastContrast = 60;

    // Cells of the noise along a side, at least and at most.
    const int FewestCells = 2, MostCells = 5;

    /// <summary>Paints one image.</summary>
    /// <param name="ink">[H*W] coverage, 255 for full ink.</param>
    /// <param name="shape">Of the result, in colour.</param>
    /// <param name="random">Decides colours and noise.</param>
    /// <param name="destination">[3*H*W], channel after channel.</param>
    public static void Paint(ReadOnlySpan<byte> ink, ImageShape shape, ref RandomStream random, Span<byte> destination)
    {
        Palette colours = Colours(ref random);
        (Colour pen, Colour first, Colour second) = (colours.Ink, colours.First, colours.Second);
        int cells = FewestCells + random.NextInt32(MostCells - FewestCells + 1);
        Span<float> knots = stackalloc float[(MostCells + 1) * (MostCells + 1)];
        foreach (ref float knot in knots)
        {
            knot = random.NextSingle();
        }
        for (int i = 0; i < shape.PixelCount; i++)
        {
            (int y, int x) = Math.DivRem(i, shape.Width);
            float mix = Noise(knots, (x + 0.5f) / shape.Width * cells, (y + 0.5f) / shape.Height * cells), cover = ink[i] / 255f;
            destination[i] = Mix(first.Red, second.Red, mix, pen.Red, cover);
            destination[shape.PixelCount + i] = Mix(first.Green, second.Green, mix, pen.Green, cover);
            destination[2 * shape.PixelCount + i] = Mix(first.Blue, second.Blue, mix, pen.Blue, cover);
        }
    }

    // A mix of two grounds that are both darker than the ink, or both brighter, is so by as much.
    static Palette Colours(ref RandomStream random)
    {
        bool isBright = random.NextInt32(2) == 1;
        while (true)
        {
            Colour ink = Any(ref random), first = Any(ref random), second = Any(ref random);
            float low = Math.Min(Over(ink, first, isBright), Over(ink, second, isBright));
            if (low >= LeastContrast + 1) // one for rounding
            {
                return new(ink, first, second);
            }
        }
    }

    static float Over(Colour ink, Colour ground, bool isBright) => isBright ? ink.Luma - ground.Luma : ground.Luma - ink.Luma;

    static Colour Any(ref RandomStream random) => new(random.NextInt32(256), random.NextInt32(256), random.NextInt32(256));

    // Between the knots of a grid, with a slope of zero at each (smoothstep).
    static float Noise(ReadOnlySpan<float> knots, float x, float y)
    {
        int column = Math.Min((int)x, MostCells - 1), row = Math.Min((int)y, MostCells - 1);
        float across = Smooth(x - column), down = Smooth(y - row);
        ReadOnlySpan<float> upper = knots[(row * (MostCells + 1) + column)..], lower = upper[(MostCells + 1)..];
        float above = upper[0] + (upper[1] - upper[0]) * across, below = lower[0] + (lower[1] - lower[0]) * across;
        return above + (below - above) * down;
    }

    static float Smooth(float t) => t * t * (3 - 2 * t);

    static byte Mix(float first, float second, float mix, float ink, float cover)
    {
        float ground = first + (second - first) * mix;
        return (byte)MathF.Round(ground + (ink - ground) * cover);
    }

    readonly record struct Palette(Colour Ink, Colour First, Colour Second);

    readonly record struct Colour(int Red, int Green, int Blue)
    {
        // ITU-R BT.601.
        public float Luma => (299 * Red + 587 * Green + 114 * Blue) / 1000f;
    }
}
