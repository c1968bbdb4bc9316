using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// p_j = exp(-b d_j^2) / sum_k exp(-b d_k^2) over the neighbours of one row, with the precision b at which the entropy -sum p_j log p_j is
/// the wanted one (van der Maaten and Hinton 2008, equation 1).
/// </summary>
static class Bandwidth
{
    // Halvings of the interval: more than float32 can tell.
    const int MostSteps = 64;

    /// <summary>
    /// Probabilities of neighbours at <paramref name="distances"/>, which sum to 1 and have <paramref name="entropy"/> (nats) as nearly as
    /// they can.
    /// </summary>
    public static void Fill(ReadOnlySpan<float> distances, double entropy, Span<float> probabilities)
    {
        Span<double> squares = stackalloc double[distances.Length];
        for (int i = 0; i < squares.Length; i++)
        {
            squares[i] = (double)distances[i] * distances[i] - (double)distances[0] * distances[0];
        }
        // exp(-precision square) by Newton's steps in an interval; no precision is too small, so the upper end is found by doubling.
        double low = 0, high = double.PositiveInfinity, precision = 1;
        Sums sums = Sums.Of(squares, precision);
        for (int step = 0; step < MostSteps && Math.Abs(sums.Entropy - entropy) >= 1e-7; step++)
        {
            double excess = sums.Entropy - entropy, next = precision - excess / sums.Slope;
            (low, high) = excess > 0 ? (precision, high) : (low, precision);
            precision = next > low && next < high ? next : double.IsInfinity(high) ? precision * 2 : (low + high) / 2;
            sums = Sums.Of(squares, precision);
        }
        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = (float)(Math.Exp(-precision * squares[i]) / sums.Kernels);
        }
    }

    // Sums of kernels times the powers 0, 1 and 2 of the squares.
    readonly record struct Sums(double Precision, double Kernels, double First, double Second)
    {
        public double Entropy => Math.Log(Kernels) + Precision * First / Kernels;

        // By the precision: less the precision times the variance of the squares.
        public double Slope => -Precision * (Second / Kernels - First / Kernels * (First / Kernels));

        public static Sums Of(ReadOnlySpan<double> squares, double precision)
        {
            Vector256<double> kernels = default, first = default, second = default;
            int i = 0;
            for (; i + Vector256<double>.Count <= squares.Length; i += Vector256<double>.Count)
            {
                Vector256<double> four = Vector256.Create(squares.Slice(i, Vector256<double>.Count)),
                    kernel = Vector256.Exp(-precision * four);
                (kernels, first, second) = (kernels + kernel, first + kernel * four, second + kernel * four * four);
            }
            var sums = new Sums(precision, Vector256.Sum(kernels), Vector256.Sum(first), Vector256.Sum(second));
            for (; i < squares.Length; i++)
            {
                double kernel = Math.Exp(-precision * squares[i]);
                sums = new Sums(precision, sums.Kernels + kernel, sums.First + kernel * squares[i],
                    sums.Second + kernel * squares[i] * squares[i]);
            }
            return sums;
        }
    }
}
