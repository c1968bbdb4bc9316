namespace Toolchain.Clustering.Mixture;

/// <summary>One Gaussian of a mixture, with its covariance in the form that densities need.</summary>
sealed class Component
{
    readonly double[] packed;

    /// <summary>From a weight, a mean [D] and a precision factor.</summary>
    public Component(double weight, double[] mean, PrecisionFactor precision)
    {
        (Weight, Mean, Precision) = (weight, mean, precision);
        LogBias = Math.Log(weight) + precision.LogDeterminant - Width / 2.0 * Math.Log(2 * Math.PI);
        packed = precision.Pack(mean);
    }

    public double Weight { get; }

    public double[] Mean { get; }

    public PrecisionFactor Precision { get; }

    /// <summary>log weight + log det P - D/2 log 2 pi.</summary>
    public double LogBias { get; }

    int Width => Mean.Length;

    /// <summary>
    /// Log densities of eight rows, weight included, or false when each is certain to lie more than <paramref name="margin"/> below
    /// <paramref name="best"/>.
    /// </summary>
    /// <param name="transposed">Rows side by side, [D,8].</param>
    /// <param name="margin">How far below the best a density is not worth to be known.</param>
    /// <param name="best">The largest densities of the rows so far, [8]; they rise.</param>
    /// <param name="densities">Gets the log densities, [8].</param>
    public bool LogDensities(ref double transposed, double margin, ref double best, ref double densities) => Precision.IsDiagonal
        ? LogDensityKernel.DiagonalLogDensities(ref transposed, packed, LogBias, ref best, ref densities)
        : LogDensityKernel.LogDensities(ref transposed, packed, Width, LogBias, margin, ref best, ref densities);
}
