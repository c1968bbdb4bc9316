namespace Toolchain.Clustering;

/// <summary>The maximisation pass: weights, means and covariances from the probabilities of the rows.</summary>
static class Maximization
{
    // A probability below this changes no covariance by more than its rounding.
    const double Negligible = 1e-14;

    // Keeps an empty component finite (ten rounding errors of 1, as scikit-learn adds).
    const double SmallestWeight = 2.2e-15;

    /// <summary>Components from labels: every row belongs to one of them.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="labels">Component of each row.</param>
    /// <param name="origins">A point near each component, [K][D].</param>
    /// <param name="options">Kind of the covariances, regularisation, threads.</param>
    public static Component[] FromLabels(Rows rows, int[] labels, double[][] origins, GaussianMixtureOptions options)
    {
        var probabilities = new double[(long)rows.Count * origins.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            probabilities[(long)labels[row] * rows.Count + row] = 1;
        }
        return Run(rows, probabilities, origins, options);
    }

    // Sums are taken about the previous means: that keeps the digits that differences of large squares would lose.
    public static Component[] Run(Rows rows, double[] probabilities, double[][] origins, GaussianMixtureOptions options)
    {
        int count = origins.Length;
        (double[] weights, double[][] means, PrecisionFactor[] factors) = (new double[count], new double[count][], new PrecisionFactor[count]);
        var covariances = new double[count][];
        Chunks.ForParts(count, count, options.Threads, (k, _, _) =>
        {
            Moments moments = Gather(rows, probabilities.AsSpan(k * rows.Count, rows.Count), origins[k], options);
            weights[k] = moments.Weight + SmallestWeight;
            means[k] = moments.Mean(weights[k]);
            double[] covariance = moments.Covariance(weights[k]);
            if (options.Covariance == CovarianceKind.Tied)
            {
                covariances[k] = covariance;
            }
            else
            {
                factors[k] = Factor(covariance, rows.Width, k, options);
            }
        });
        if (options.Covariance == CovarianceKind.Tied)
        {
            var shared = new double[rows.Width * rows.Width];
            for (int k = 0; k < count; k++)
            {
                Kernels.AddScaled(shared, covariances[k], weights[k] / rows.Count);
            }
            Array.Fill(factors, Factor(shared, rows.Width, 0, options));
        }
        return [.. weights.Select((weight, k) => new Component(weight / rows.Count, means[k], factors[k]))];
    }

    static Moments Gather(Rows rows, ReadOnlySpan<double> probabilities, double[] origin, GaussianMixtureOptions options)
    {
        var moments = new Moments(origin, options.Covariance is CovarianceKind.Diagonal or CovarianceKind.Spherical);
        for (int row = 0; row < probabilities.Length; row++)
        {
            if (probabilities[row] > Negligible)
            {
                moments.Add(rows[row], probabilities[row]);
            }
        }
        return moments;
    }

    static PrecisionFactor Factor(double[] covariance, int width, int component, GaussianMixtureOptions options) => options.Covariance switch
    {
        CovarianceKind.Diagonal => PrecisionFactor.OfDiagonal(Regularize(covariance, 1, options), component),
        CovarianceKind.Spherical => PrecisionFactor.OfDiagonal(Regularize([.. Enumerable.Repeat(covariance.Average(), width)], 1, options), component),
        _ => PrecisionFactor.Of(Regularize(covariance, width + 1, options), width, component),
    };

    static double[] Regularize(double[] covariance, int step, GaussianMixtureOptions options)
    {
        for (int i = 0; i < covariance.Length; i += step)
        {
            covariance[i] += options.Regularization;
        }
        return covariance;
    }
}
