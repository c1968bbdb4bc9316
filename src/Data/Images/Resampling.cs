namespace Toolchain.Data.Images;

/// <summary>Scales a plane of numbers: each target pixel is a weighted mean over the source pixels under a triangle as wide as the target
/// pixel, and never below two pixels.</summary>
static class Resampling
{
    /// <summary>Scales a part of a plane: columns first, then rows.</summary>
    /// <param name="plane">Numbers, row-major.</param>
    /// <param name="width">Columns of the plane.</param>
    /// <param name="part">What is scaled, at least one pixel.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <returns>rows * columns numbers, row-major.</returns>
    public static float[] Scale(float[] plane, int width, Rectangle part, int columns, int rows)
    {
        float[] narrowed = new float[columns * part.Height];
        for (int y = 0; y < part.Height; y++)
        {
            ScaleLine(plane.AsSpan((part.Top + y) * width + part.Left), 1, part.Width, narrowed.AsSpan(y * columns), 1, columns);
        }
        float[] scaled = new float[columns * rows];
        for (int x = 0; x < columns; x++)
        {
            ScaleLine(narrowed.AsSpan(x), columns, part.Height, scaled.AsSpan(x), columns, rows);
        }
        return scaled;
    }

    static void ScaleLine(ReadOnlySpan<float> source, int sourceStep, int sourceCount, Span<float> target, int targetStep, int targetCount)
    {
        double ratio = (double)sourceCount / targetCount, radius = Math.Max(1, ratio);
        for (int i = 0; i < targetCount; i++)
        {
            double centre = (i + 0.5) * ratio, total = 0, weights = 0;
            int first = Math.Max(0, (int)Math.Floor(centre - radius)), end = Math.Min(sourceCount, (int)Math.Ceiling(centre + radius));
            for (int j = first; j < end; j++)
            {
                double weight = Math.Max(0, 1 - Math.Abs(j + 0.5 - centre) / radius);
                total += weight * source[j * sourceStep];
                weights += weight;
            }
            target[i * targetStep] = (float)(total / weights);
        }
    }
}
