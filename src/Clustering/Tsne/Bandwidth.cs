namespace Toolchain.Clustering;

/// <summary>The width of a row's Gaussian kernel at which its neighbours have the wanted entropy.</summary>
static class Bandwidth
{
    // Halvings of the interval: more than float32 can tell.
    const int MostSteps = 64;

    /// <summary>Shares of neighbours at <paramref name="distances"/>, which sum to 1 and have <paramref name="entropy"/> (nats) as nearly as they can.</summary>
    public static void Fill(ReadOnlySpan<float> distances, double entropy, Span<float> shares)
    {
        Span<double> squares = stackalloc double[distances.Length];
        for (int i = 0; i < squares.Length; i++)
        {
            squares[i] = (double)distances[i] * distances[i] - (double)distances[0] * distances[0];
        }
        // exp(-precision square): no precision is too small, so the upper end is found by doubling.
        double low = 0, high = double.PositiveInfinity, precision = 1;
        for (int step = 0; step < MostSteps; step++)
        {
            double excess = Entropy(squares, precision) - entropy;
            if (Math.Abs(excess) < 1e-7)
            {
                break;
            }
            (low, high) = excess > 0 ? (precision, high) : (low, precision);
            precision = double.IsInfinity(high) ? precision * 2 : (low + high) / 2;
        }
        double sum = 0;
        foreach (double square in squares)
        {
            sum += Math.Exp(-precision * square);
        }
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = (float)(Math.Exp(-precision * squares[i]) / sum);
        }
    }

    static double Entropy(ReadOnlySpan<double> squares, double precision)
    {
        double sum = 0, weighted = 0;
        foreach (double square in squares)
        {
            double kernel = Math.Exp(-precision * square);
            sum += kernel;
            weighted += kernel * square;
        }
        return Math.Log(sum) + precision * weighted / sum;
    }
}
