using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// The inverse of a covariance's Cholesky factor L, lower triangular: |L^-1 (x - mean)|^2 is the Mahalanobis distance. A diagonal one is
/// kept as its diagonal.
/// </summary>
sealed class PrecisionFactor
{
    PrecisionFactor(double[] values, int width, bool isDiagonal)
    {
        (Values, Width, IsDiagonal) = (values, width, isDiagonal);
        for (int i = 0; i < width; i++)
        {
            LogDeterminant += Math.Log(isDiagonal ? values[i] : values[i * width + i]);
        }
    }

    double[] Values { get; }

    public int Width { get; }

    public bool IsDiagonal { get; }

    /// <summary>Log of the determinant of the inverse factor.</summary>
    public double LogDeterminant { get; }

    /// <summary>Entry of L^-1.</summary>
    public double this[int row, int column] => !IsDiagonal ? Values[row * Width + column] : row == column ? Values[row] : 0;

    /// <summary>A row of a triangular L^-1, up to its diagonal.</summary>
    public ReadOnlySpan<double> Row(int row) => Values.AsSpan(row * Width, row + 1);

    /// <summary>From variances [D].</summary>
    public static PrecisionFactor OfDiagonal(double[] variances, int component)
    {
        var values = new double[variances.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!(variances[i] > 0))
            {
                throw NotPositive(variances[i], i, component);
            }
            values[i] = 1 / Math.Sqrt(variances[i]);
        }
        return new PrecisionFactor(values, values.Length, isDiagonal: true);
    }

    /// <summary>From a covariance [D,D], of which the lower triangle is read.</summary>
    /// <exception cref="InvalidOperationException">It is not positive definite.</exception>
    public static PrecisionFactor Of(double[] covariance, int width, int component)
    {
        if (Cholesky(covariance, width, out (int Row, double Pivot) bad) is not double[] lower)
        {
            throw NotPositive(bad.Pivot, bad.Row, component);
        }
        return FromCholesky(lower, width);
    }

    /// <summary>From the Cholesky factor [D,D] of a covariance, row-major.</summary>
    public static PrecisionFactor FromCholesky(double[] lower, int width)
    {
        var inverse = new double[width * width];
        for (int row = 0; row < width; row++)
        {
            // Row of L L^-1 = I, solved for the last unknown row.
            Span<double> own = inverse.AsSpan(row * width, row + 1);
            own[row] = 1;
            for (int i = 0; i < row; i++)
            {
                VectorKernels.AddScaled(own[..(i + 1)], inverse.AsSpan(i * width, i + 1), -lower[row * width + i]);
            }
            foreach (ref double value in own)
            {
                value /= lower[row * width + row];
            }
        }
        return new PrecisionFactor(inverse, width, isDiagonal: false);
    }

    /// <summary>
    /// The factor as <see cref="LogDensityKernel"/> reads it, in blocks of four of its rows: shift = -L^-1 mean of the four, then their
    /// columns from 0 to the last of the block, four numbers each. A diagonal factor is [D,2]: shift and scale of each row. The data are
    /// float32: what the difference of products loses in float64 is far below their rounding.
    /// </summary>
    public double[] Pack(double[] mean)
    {
        int height = IsDiagonal ? 1 : LogDensityKernel.Height;
        var packed = new List<double>();
        for (int block = 0; block < Width; block += height)
        {
            for (int row = block; row < block + height; row++)
            {
                double product = 0;
                for (int column = IsDiagonal ? row : 0; column <= row && row < Width; column++)
                {
                    product += this[row, column] * mean[column];
                }
                packed.Add(-product);
            }
            for (int column = IsDiagonal ? block : 0; column < Math.Min(Width, block + height); column++)
            {
                for (int row = block; row < block + height; row++)
                {
                    packed.Add(row < Width ? this[row, column] : 0);
                }
            }
        }
        return [.. packed];
    }

    /// <summary>The lower Cholesky factor of a symmetric matrix, of which the lower triangle is read.</summary>
    /// <param name="covariance">[D,D], row-major.</param>
    /// <param name="width">D.</param>
    /// <param name="bad">The first pivot that is not positive, where there is one.</param>
    /// <returns>[D,D], or null where the matrix is not positive definite.</returns>
    public static double[]? Cholesky(double[] covariance, int width, out (int Row, double Pivot) bad)
    {
        bad = default;
        var lower = new double[width * width];
        for (int row = 0; row < width; row++)
        {
            Span<double> own = lower.AsSpan(row * width, row);
            for (int column = 0; column < row; column++)
            {
                lower[row * width + column] =
                    (covariance[row * width + column] - VectorKernels.Dot(own[..column], lower.AsSpan(column * width, column))) / lower[
                    column * width + column];
            }
            double pivot = covariance[row * width + row] - VectorKernels.Dot(own, own);
            if (!(pivot > 0))
            {
                bad = (row, pivot);
                return null;
            }
            lower[row * width + row] = Math.Sqrt(pivot);
        }
        return lower;
    }

    static InvalidOperationException NotPositive(double pivot, int row, int component) =>
        new($"The covariance of component {component} is not positive definite (pivot {row} is {pivot:g3}); raise "
            + $"'{nameof(GaussianMixtureOptions.Regularization)}' or fit fewer components.");
}
