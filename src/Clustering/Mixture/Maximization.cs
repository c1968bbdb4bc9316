using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// The M-step (Bishop, equations 9.24 to 9.26): with responsibilities r[k,n] and N_k = sum_n r[k,n], the weight of a component is N_k / N,
/// its mean sum_n r[k,n] x_n / N_k, and its covariance sum_n r[k,n] (x_n - mean)(x_n - mean)^T / N_k.
/// </summary>
static class Maximization
{
    // Keeps an empty component finite (ten rounding errors of 1, as scikit-learn adds).
    const double SmallestWeight = 2.2e-15;

    /// <summary>Components of rows [N,D] of which each belongs to one.</summary>
    public static Component[] FromLabels(Rows rows, int[] labels, GaussianMixtureOptions options)
    {
        Moments[] moments =
            [.. Enumerable.Range(0, options.ComponentCount)
            .Select(k => new Moments(Origin(rows, Array.IndexOf(labels, k)), IsDiagonal(options)))];
        for (int row = 0; row < rows.Count; row++)
        {
            moments[labels[row]].Add(rows[row], 1);
        }
        return Components(moments, rows.Count, options);
    }

    /// <summary>One E-step under <paramref name="components"/>, then the M-step; returns the new components.</summary>
    public static Component[] Improve(Rows rows, Expectation expectation, Component[] components, GaussianMixtureOptions options)
    {
        // Sums about the previous means keep the digits that differences of large squares would lose.
        double[][] origins = [.. components.Select(component => component.Mean)];
        Moments[] moments = [.. origins.Select(origin => new Moments(origin, IsDiagonal(options)))];
        if (expectation.TransposedRows.IsNarrow && !IsDiagonal(options))
        {
            var parts = new double[expectation.PartCount][];
            expectation.Run(components, part => new NarrowSums(expectation.TransposedRows, origins, sums => parts[part] = sums));
            int length = NarrowMoments.Length(rows.Width);
            foreach (double[] part in parts)
            {
                for (int k = 0; k < moments.Length; k++)
                {
                    moments[k].Add(part.AsSpan(k * length, length));
                }
            }
        }
        else
        {
            var responsibilities = new ResponsibilityTable(components.Length, expectation.TransposedRows.PaddedCount);
            expectation.Run(components, _ => responsibilities);
            Chunks.ForParts(moments.Length, moments.Length, options.Threads, (k, _, _) => Gather(moments[k], rows, responsibilities[k]));
        }
        return Components(moments, rows.Count, options);
    }

    static void Gather(Moments moments, Rows rows, ReadOnlySpan<double> responsibilities)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            if (responsibilities[row] > 0)
            {
                moments.Add(rows[row], responsibilities[row]);
            }
        }
    }

    static Component[] Components(Moments[] moments, int rowCount, GaussianMixtureOptions options)
    {
        double[] weights = [.. moments.Select(own => own.Weight + SmallestWeight)];
        (var covariances, var factors) = (new double[weights.Length][], new PrecisionFactor[weights.Length]);
        Chunks.ForParts(weights.Length, weights.Length, options.Threads, (k, _, _) =>
        {
            covariances[k] = moments[k].Covariance(weights[k]);
            if (options.Covariance != CovarianceKind.Tied)
            {
                factors[k] = Factor(covariances[k], k, options);
            }
        });
        if (options.Covariance == CovarianceKind.Tied)
        {
            var shared = new double[covariances[0].Length];
            for (int k = 0; k < weights.Length; k++)
            {
                VectorKernels.AddScaled(shared, covariances[k], weights[k] / rowCount);
            }
            Array.Fill(factors, Factor(shared, 0, options));
        }
        return [.. weights.Select((weight, k) => new Component(weight / rowCount, moments[k].Mean(weight), factors[k]))];
    }

    // The first row of each component is near enough to take sums about.
    static double[] Origin(Rows rows, int row) => row < 0 ? new double[rows.Width]
        : [.. rows[row].ToArray().Select(value => (double)value)];

    static bool IsDiagonal(GaussianMixtureOptions options) => options.Covariance is CovarianceKind.Diagonal or CovarianceKind.Spherical;

    static PrecisionFactor Factor(double[] covariance, int component, GaussianMixtureOptions options) => options.Covariance switch
    {
        CovarianceKind.Diagonal => PrecisionFactor.OfDiagonal(Regularize(covariance, 1, options), component),
        CovarianceKind.Spherical =>
            PrecisionFactor.OfDiagonal(Regularize([.. Enumerable.Repeat(covariance.Average(), covariance.Length)], 1, options), component),
        _ => FactorFull(covariance, (int)Math.Sqrt(covariance.Length), component, options),
    };

    static PrecisionFactor FactorFull(double[] covariance, int width, int component, GaussianMixtureOptions options) =>
        PrecisionFactor.Of(Regularize(covariance, width + 1, options), width, component);

    static double[] Regularize(double[] covariance, int step, GaussianMixtureOptions options)
    {
        for (int i = 0; i < covariance.Length; i += step)
        {
            covariance[i] += options.Regularization;
        }
        return covariance;
    }
}
