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
    /// <param name="segments">The rows of this rank, sorted by label.</param>
    /// <param name="rows">The rows as they came, [N,D].</param>
    /// <param name="labels">Their labels, [N].</param>
    /// <param name="fit">The ranks and the options.</param>
    public static Component[] FromLabels(SortedSegments segments, Rows rows, int[] labels,
        (IRanks Ranks, GaussianMixtureOptions Options) fit)
    {
        // The first row of each component is near enough to take sums about.
        double[][] origins = FirstRows(rows, labels, fit);
        int length = Moments.Length(rows.Width, IsDiagonal(fit.Options));
        double[] totals = fit.Ranks.SumParts("moments of clusters", rows.Count, origins.Length * length, (first, end, sums) =>
            segments.Run(first, end, (part, expectation) =>
            {
                Moments[] moments = MomentsAbout(origins, fit.Options);
                Span<int> own = expectation.Labels;
                for (int row = 0; row < own.Length; row++)
                {
                    moments[own[row]].Add(part[row], 1);
                }
                Take(moments, sums);
            }));
        return Components(origins, totals, fit);
    }

    /// <summary>
    /// One E-step under <paramref name="components"/>, then the M-step; the new components, and the rows' mean log-likelihood under the
    /// old ones.
    /// </summary>
    public static (Component[] Components, double Level) Improve(SortedSegments segments, Component[] components,
        (IRanks Ranks, GaussianMixtureOptions Options) fit)
    {
        // Sums about the previous means keep the digits that differences of large squares would lose.
        double[][] origins = [.. components.Select(component => component.Mean)];
        int length = Moments.Length(origins[0].Length, IsDiagonal(fit.Options));
        // The last sum is of the log-likelihoods.
        double[] totals = fit.Ranks.SumParts("moments of components", segments.RowCount, origins.Length * length + 1, (first, end, sums) =>
            segments.Run(first, end, (rows, expectation) =>
            {
                Moments[] moments = MomentsAbout(origins, fit.Options);
                if (expectation.TransposedRows.IsNarrow && !IsDiagonal(fit.Options))
                {
                    AddNarrow(moments, origins, expectation, components);
                }
                else
                {
                    var responsibilities = new ResponsibilityTable(components.Length, expectation.TransposedRows.PaddedCount);
                    expectation.Run(components, _ => responsibilities);
                    Chunks.ForParts(moments.Length, moments.Length, fit.Options.Threads,
                        (k, _, _) => Gather(moments[k], rows, responsibilities[k]));
                }
                Take(moments, sums);
                sums[^1] = expectation.LogLikelihood();
            }));
        return (Components(origins, totals, fit), totals[^1] / fit.Ranks.RowCount);
    }

    // Of each component the first row of its label; zeros where there is none.
    static double[][] FirstRows(Rows rows, int[] labels, (IRanks Ranks, GaussianMixtureOptions Options) fit)
    {
        int count = fit.Options.ComponentCount, width = rows.Width;
        double[] found = fit.Ranks.Combine("first rows of clusters", () =>
        {
            var own = new List<double>();
            foreach (int row in labels.Index().DistinctBy(label => label.Item).Select(label => label.Index))
            {
                own.AddRange(rows[row].ToArray().Select(value => (double)value).Prepend(labels[row]));
            }
            return [.. own];
        }, all => [.. all.SelectMany(own => own.Chunk(width + 1)).DistinctBy(row => row[0]).SelectMany(row => row)]);
        var origins = new double[count][];
        foreach (double[] row in found.Chunk(width + 1))
        {
            origins[(int)row[0]] = row[1..];
        }
        return Array.ConvertAll(origins, origin => origin ?? new double[width]);
    }

    static Moments[] MomentsAbout(double[][] origins, GaussianMixtureOptions options) =>
        Array.ConvertAll(origins, origin => new Moments(origin, IsDiagonal(options)));

    static void Take(Moments[] moments, double[] sums)
    {
        int length = moments[0].Count;
        for (int k = 0; k < moments.Length; k++)
        {
            moments[k].Take(sums.AsSpan(k * length, length));
        }
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

    static Component[] Components(double[][] origins, double[] totals, (IRanks Ranks, GaussianMixtureOptions Options) fit)
    {
        (GaussianMixtureOptions options, double rowCount) = (fit.Options, fit.Ranks.RowCount);
        Moments[] moments = MomentsAbout(origins, options);
        int length = moments[0].Count;
        for (int k = 0; k < moments.Length; k++)
        {
            moments[k].Add(totals.AsSpan(k * length, length));
        }
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
