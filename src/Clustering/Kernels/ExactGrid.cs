namespace Toolchain.Clustering.Kernels;

/// <summary>
/// Multiples of a power of two, just coarse enough that no sum of them rounds in float64: the same bits in any order, over any ranges, and
/// after any additions and subtractions. Of 2^n numbers up to m the step is at most m 2^(n - 51): a float32 of at least m 2^(n - 27) is one
/// of the multiples as it stands.
/// </summary>
readonly struct ExactGrid
{
    /// <param name="largest">Bound of the magnitudes.</param>
    /// <param name="count">Most numbers of a sum.</param>
    public ExactGrid(double largest, long count)
    {
        double most = largest * Math.Max(2, count);
        // The sum stays below 2^52 steps and a number below 2^51. A bound of 0 or infinity rounds nothing.
        Shifter = double.IsNormal(most) ? 1.5 * Math.ScaleB(1, Math.ILogB(most) + 1) : 0;
    }

    /// <summary>1.5 2^52 steps: a number in whose last place a step stands, so that adding it rounds to whole steps.</summary>
    public double Shifter { get; }

    /// <summary>The nearest multiple.</summary>
    public double Round(double value) => value + Shifter - Shifter;
}
