namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Repulsion of all pairs in the plane by the definition (van der Maaten and Hinton 2008, equation 5): quadratic, and for few rows
/// faster than a grid, whose size follows the extent of the 2-D embedding rather than the number of rows.
/// </summary>
static class PairwiseRepulsion
{
    /// <summary>As <see cref="Repulsion.Sum"/>; one thread, rows in order.</summary>
    public static double Sum(float[][] coordinates, float[][] sums)
    {
        (float[] xs, float[] ys) = (coordinates[0], coordinates[1]);
        double total = 0;
        for (int row = 0; row < xs.Length; row++)
        {
            (double across, double down) = (0, 0);
            for (int other = 0; other < xs.Length; other++)
            {
                if (other == row)
                {
                    continue;
                }
                double x = xs[row] - xs[other], y = ys[row] - ys[other], kernel = 1 / (1 + x * x + y * y);
                across += x * kernel * kernel;
                down += y * kernel * kernel;
                total += kernel;
            }
            (sums[0][row], sums[1][row]) = ((float)across, (float)down);
        }
        return total;
    }
}
