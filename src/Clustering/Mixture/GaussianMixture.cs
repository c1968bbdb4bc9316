using Toolchain.Clustering.KMeans;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// A mixture of Gaussians, fitted by expectation-maximisation in log space (Dempster, Laird and Rubin, 1977; Bishop, "Pattern Recognition
/// and Machine Learning", 9.2.2). All in float64, every sum in a fixed order: the same bits at any thread count.
/// </summary>
public sealed class GaussianMixture
{
    readonly Component[] components;
    readonly CovarianceKind kind;

    GaussianMixture(Component[] components, CovarianceKind kind, double logLikelihood, int iterations, bool converged)
    {
        (this.components, this.kind) = (components, kind);
        (LogLikelihood, Iterations, Converged) = (logLikelihood, iterations, converged);
    }

    /// <summary>Mean log-likelihood per row (nats) under the parameters of the last E-step.</summary>
    public double LogLikelihood { get; }

    /// <summary>Iterations made, an E-step and an M-step each.</summary>
    public int Iterations { get; }

    /// <summary>Whether the tolerance was met within the allowed iterations.</summary>
    public bool Converged { get; }

    /// <summary>Numbers per row (D).</summary>
    public int Width => components[0].Mean.Length;

    /// <summary>Weight of each component, [K], adding up to 1.</summary>
    public double[] Weights => [.. components.Select(component => component.Weight)];

    /// <summary>Means [K,D].</summary>
    public double[,] Means
    {
        get
        {
            var means = new double[components.Length, Width];
            for (int k = 0; k < components.Length; k++)
            {
                for (int i = 0; i < Width; i++)
                {
                    means[k, i] = components[k].Mean[i];
                }
            }
            return means;
        }
    }

    /// <summary>Upper triangular P_k with P_k P_k^T = inverse covariance, [K,D,D].</summary>
    public double[,,] PrecisionFactors
    {
        get
        {
            var factors = new double[components.Length, Width, Width];
            for (int k = 0; k < components.Length; k++)
            {
                for (int row = 0; row < Width; row++)
                {
                    for (int column = row; column < Width; column++)
                    {
                        factors[k, row, column] = components[k].Precision[column, row];
                    }
                }
            }
            return factors;
        }
    }

    /// <summary>log weight_k + log det P_k - D/2 log 2 pi: the part of each component's log density that no row changes, [K].</summary>
    public double[] LogBias => [.. components.Select(component => component.LogBias)];

    /// <summary>Free parameters: means, covariances, weights but one.</summary>
    public long ParameterCount
    {
        get
        {
            long width = Width, count = components.Length;
            long covariances = kind switch
            {
                CovarianceKind.Full => count * width * (width + 1) / 2,
                CovarianceKind.Tied => width * (width + 1) / 2,
                CovarianceKind.Diagonal => count * width,
                _ => count,
            };
            return covariances + count * width + count - 1;
        }
    }

    /// <summary>
    /// Fits <paramref name="rows"/> from the clusters of k-means. A component that is responsible for no row keeps its mean and shrinks to
    /// weight 0 with the regularisation as its covariance.
    /// </summary>
    /// <exception cref="ArgumentException">A number is not finite, or an option is out of range; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A covariance is not positive definite; raise the regularisation.</exception>
    public static GaussianMixture Fit(Rows rows, GaussianMixtureOptions options)
    {
        options.Check(rows);
        options = options.For(rows);
        GaussianMixture? best = null;
        for (int restart = 0; restart < options.Restarts; restart++)
        {
            // Distinct and fixed streams for the restarts.
            KMeansResult start =
                KMeansClustering.Fit(rows, new KMeansOptions
                {
                    ClusterCount = options.ComponentCount,
                    Seed = unchecked(options.Seed + restart * 104729),
                    Threads = options.Threads,
                    Cancellation = options.Cancellation,
                    Ranks = options.Ranks
                });
            GaussianMixture found = Fit(rows, start.Labels, options);
            best = best is null || found.LogLikelihood > best.LogLikelihood ? found : best;
        }
        return best!;
    }

    /// <summary>Fits from given components of the rows (of a rank, of its rows), [N], each in [0..K).</summary>
    /// <inheritdoc cref="Fit(Rows, GaussianMixtureOptions)"/>
    public static GaussianMixture Fit(Rows rows, int[] labels, GaussianMixtureOptions options)
    {
        options.Check(rows);
        options = options.For(rows);
        int wrong = labels.Length != rows.Count ? labels.Length
            : Array.FindIndex(labels, label => (uint)label >= (uint)options.ComponentCount);
        if (wrong >= 0)
        {
            throw new ArgumentException($"'{nameof(labels)}' must be {rows.Count} numbers in [0..{options.ComponentCount}), found "
                + $"{(wrong == labels.Length ? $"{wrong} numbers" : $"{labels[wrong]} for row {wrong}")}.", nameof(labels));
        }
        // The sums take the rows in this order.
        IRanks ranks = options.RanksOf(rows);
        var segments = new SortedSegments(rows, labels, options.ComponentCount, options.Threads);
        Component[] components = Maximization.FromLabels(segments, rows, labels, (ranks, options));
        double previous = double.NegativeInfinity;
        for (int iteration = 1; ; iteration++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            (components, double level) = Maximization.Improve(segments, components, (ranks, options));
            bool converged = level - previous < options.Tolerance;
            if (converged || iteration == options.MaxIterations)
            {
                return new GaussianMixture(components, options.Covariance, level, iteration, converged);
            }
            previous = level;
        }
    }

    /// <summary>The most probable component of each row; ties go to the lower index.</summary>
    /// <exception cref="ArgumentException">The rows have another width than the mixture.</exception>
    public int[] Assign(Rows rows, int threads = 0) => Expect(rows, threads).Labels.ToArray();

    /// <summary>The same, with the information criteria of the mixture for the rows, in one pass over them.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="criteria">As <see cref="Criteria(Rows, int)"/> gives them.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    /// <exception cref="ArgumentException">The rows have another width than the mixture.</exception>
    public int[] Assign(Rows rows, out InformationCriteria criteria, int threads = 0)
    {
        Expectation expectation = Expect(rows, threads);
        criteria = Criteria(expectation);
        return expectation.Labels.ToArray();
    }

    /// <summary>Log-likelihood of each row (nats), [N].</summary>
    /// <exception cref="ArgumentException">The rows have another width than the mixture.</exception>
    public double[] LogLikelihoods(Rows rows, int threads = 0) => Expect(rows, threads).LogLikelihoods.ToArray();

    /// <summary>Probability of each component for each row, [N,K], rows adding up to 1.</summary>
    /// <exception cref="ArgumentException">The rows have another width than the mixture.</exception>
    public double[] Probabilities(Rows rows, int threads = 0)
    {
        var responsibilities = new ResponsibilityTable(components.Length, TransposedRows.Pad(rows.Count));
        _ = Expect(rows, threads, _ => responsibilities);
        var byRow = new double[rows.Count * components.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int k = 0; k < components.Length; k++)
            {
                byRow[row * components.Length + k] = responsibilities[k][row];
            }
        }
        return byRow;
    }

    /// <summary>Information criteria of the mixture for rows [N,D].</summary>
    /// <param name="rows">The rows, such as those that it was fitted on.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    /// <exception cref="ArgumentException">The rows have another width than the mixture.</exception>
    public InformationCriteria Criteria(Rows rows, int threads = 0) => Criteria(Expect(rows, threads));

    InformationCriteria Criteria(Expectation expectation)
    {
        double likelihood = expectation.LogLikelihood();
        return new(ParameterCount * Math.Log(expectation.LogLikelihoods.Length) - 2 * likelihood, 2.0 * ParameterCount - 2 * likelihood);
    }

    Expectation Expect(Rows rows, int threads, Func<int, IResponsibilitySink>? sinkOf = null)
    {
        if (rows.Width != Width)
        {
            throw new ArgumentException($"'{nameof(rows)}' must have width {Width}, was {rows.Width}.", nameof(rows));
        }
        var expectation = new Expectation(rows, threads);
        expectation.Run(components, sinkOf);
        return expectation;
    }
}
