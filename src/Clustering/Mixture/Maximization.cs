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

    /// <summary>Components of rows of which each belongs to the one of its label.</summary>
    public static Component[] FromLabels(SortedSegments segments, GaussianMixtureOptions options)
    {
        var moments = new Moments?[options.ComponentCount];
        segments.ForEach((rows, expectation) =>
        {
            Span<int> labels = expectation.Labels;
            for (int row = 0; row < labels.Length; row++)
            {
                // The first row of each component is near enough to take sums about.
                Moments own = moments[labels[row]] ??= new(Array.ConvertAll(rows[row].ToArray(), value => (double)value),
                    IsDiagonal(options));
                own.Add(rows[row], 1);
            }
        });
        return Components([.. moments.Select(own => own ?? new(new double[segments.Width], IsDiagonal(options)))], segments.RowCount,
            options);
    }

    /// <summary>
    /// One E-step under <paramref name="components"/>, then the M-step; the new components, and the rows' mean log-likelihood under the
    /// old ones.
    /// </summary>
    public static (Component[] Components, double Level) Improve(SortedSegments segments, Component[] components,
        GaussianMixtureOptions options)
    {
        // Sums about the previous means keep the digits that differences of large squares would lose.
        double[][] origins = [.. components.Select(component => component.Mean)];
        Moments[] moments = [.. origins.Select(origin => new Moments(origin, IsDiagonal(options)))];
        double likelihood = 0;
        segments.ForEach((rows, expectation) =>
        {
            if (expectation.TransposedRows.IsNarrow && !IsDiagonal(options))
            {
                AddNarrow(moments, origins, expectation, components);
            }
            else
            {
                var responsibilities = new ResponsibilityTable(components.Length, expectation.TransposedRows.PaddedCount);
                expectation.Run(components, _ => responsibilities);
                Chunks.ForParts(moments.Length, moments.Length, options.Threads,
                    (k, _, _) => Gather(moments[k], rows, responsibilities[k]));
            }
            likelihood += expectation.LogLikelihood();
        });
        return (Components(moments, segments.RowCount, options), likelihood / segments.RowCount);
    }

    static void AddNarrow(Moments[] moments, double[][] origins, Expectation expectation, Component[] components)
    {
        var parts = new double[expectation.PartCount][];
        expectation.Run(components, part => new NarrowSums(expectation.TransposedRows, origins, sums => parts[part] = sums));
        int length = NarrowMoments.Length(origins[0].Length);
        foreach (double[] part in parts)
        {
            for (int k = 0; k < moments.Length; k++)
            {
                moments[k].Add(part.AsSpan(k * length, length));
            }
        }
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
