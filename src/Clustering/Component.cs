namespace Toolchain.Clustering;

/// <summary>One Gaussian of a mixture, with its covariance in the form that densities need.</summary>
sealed class Component
{
    /// <summary>From a weight, a mean [D] and a covariance [D,D], of which the lower triangle is read.</summary>
    public Component(double weight, double[] mean, double[] covariance, int index)
    {
        (Weight, Mean) = (weight, mean);
        int width = mean.Length;
        double[] lower = Cholesky(covariance, width, index);
        PrecisionFactor = InverseOfLower(lower, width);
        double logDeterminant = 0;
        for (int i = 0; i < width; i++)
        {
            logDeterminant -= Math.Log(lower[i * width + i]);
        }
        LogBias = Math.Log(weight) + logDeterminant - width / 2.0 * Math.Log(2 * Math.PI);
    }

    public double Weight { get; }

    public double[] Mean { get; }

    /// <summary>Inverse of the covariance's Cholesky factor L, lower triangular [D,D]: |L^-1 (x - mean)|^2 is the Mahalanobis distance.</summary>
    public double[] PrecisionFactor { get; }

    public double LogBias { get; }

    static double[] Cholesky(double[] covariance, int width, int index)
    {
        var lower = new double[width * width];
        for (int row = 0; row < width; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = covariance[row * width + column];
                for (int i = 0; i < column; i++)
                {
                    sum -= lower[row * width + i] * lower[column * width + i];
                }
                if (row == column && !(sum > 0))
                {
                    throw new InvalidOperationException($"The covariance of component {index} is not positive definite (pivot {row} is {sum:g3}); raise '{nameof(GaussianMixtureOptions.Regularization)}' or fit fewer components.");
                }
                lower[row * width + column] = row == column ? Math.Sqrt(sum) : sum / lower[column * width + column];
            }
        }
        return lower;
    }

    static double[] InverseOfLower(double[] lower, int width)
    {
        var inverse = new double[width * width];
        for (int column = 0; column < width; column++)
        {
            for (int row = column; row < width; row++)
            {
                double sum = row == column ? 1 : 0;
                for (int i = column; i < row; i++)
                {
                    sum -= lower[row * width + i] * inverse[i * width + column];
                }
                inverse[row * width + column] = sum / lower[row * width + row];
            }
        }
        return inverse;
    }
}
