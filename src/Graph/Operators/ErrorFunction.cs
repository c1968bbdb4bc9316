namespace Toolchain.Graph.Operators;

/// <summary>
/// The error function to double precision: a series near 0, a continued fraction in the tails (Abramowitz and Stegun 7.1.6, 7.1.14).
/// </summary>
static class ErrorFunction
{
    // The fraction converges fast from here on: 30 steps already give 14 digits.
    const double TailStart = 3;
    const int TailSteps = 60;

    // From here on 1 - erf(x) is below 2.2e-17, and erf(x) is 1 in double precision.
    const double Saturation = 6;

    public static double Erf(double x)
    {
        double size = Math.Abs(x);
        double value = size < TailStart ? Series(size) : size < Saturation ? 1 - Tail(size) : double.IsNaN(x) ? x : 1;
        return x < 0 ? -value : value;
    }

    // 2/sqrt(pi) * e^(-x^2) * sum of 2^n x^(2n+1) / (1*3*..*(2n+1)): all terms positive, so nothing cancels.
    static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // 1 - erf(x) = e^(-x^2) / sqrt(pi) / (x + 1/2 / (x + 2/2 / (x + 3/2 / ..)))
    static double Tail(double x)
    {
        double fraction = x;
        for (int n = TailSteps; n >= 1; n--)
        {
            fraction = x + n / 2.0 / fraction;
        }
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
