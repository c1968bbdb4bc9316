namespace Toolchain.Clustering;

/// <summary>
/// A mixture of Gaussians with full covariances, fitted by expectation-maximisation in log space (Dempster, Laird and Rubin, 1977; Bishop,
/// "Pattern Recognition and Machine Learning", 9.2.2). All in float64, in fixed chunks: the same bits at any thread count.
/// </summary>
public sealed class GaussianMixture
{
    readonly Component[] components;

    GaussianMixture(Component[] components, double logLikelihood, int iterations, bool converged)
    {
        this.components = components;
        (LogLikelihood, Iterations, Converged) = (logLikelihood, iterations, converged);
    }

    /// <summary>Mean log-likelihood per row (nats) under the parameters of the last expectation pass.</summary>
    public double LogLikelihood { get; }

    /// <summary>Passes made.</summary>
    public int Iterations { get; }

    /// <summary>Whether the tolerance was met before the last allowed pass.</summary>
    public bool Converged { get; }

    /// <summary>Numbers per row (D).</summary>
    public int Width => components[0].Mean.Length;

    /// <summary>Share of each component, [K], adding up to 1.</summary>
    public double[] Weights => [.. components.Select(component => component.Weight)];

    /// <summary>Means [K,D].</summary>
    public double[,] Means => Table((component, column) => component.Mean[column]);

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
                        factors[k, row, column] = components[k].PrecisionFactor[column * Width + row];
                    }
                }
            }
            return factors;
        }
    }

    /// <summary>log weight_k + log det P_k - D/2 log 2 pi: the part of each component's log density that no row changes, [K].</summary>
    public double[] LogBias => [.. components.Select(component => component.LogBias)];

    /// <summary>
    /// Fits <paramref name="rows"/> from a k-means start. A component that no row answers for keeps its mean and shrinks to weight 0 with the
    /// regularisation as its covariance.
    /// </summary>
    /// <exception cref="ArgumentException">A number is not finite, or an option is out of range; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A covariance is not positive definite; raise the regularisation.</exception>
    public static GaussianMixture Fit(Rows rows, GaussianMixtureOptions options)
    {
        options.Check(rows);
        KMeansResult start = KMeans.Fit(rows, new KMeansOptions
        {
            ClusterCount = options.ComponentCount,
            Seed = options.Seed,
            Restarts = options.Restarts,
            Threads = options.Threads,
        });
        Component[] components = Maximization.FromLabels(rows, start, options);
        double previous = double.NegativeInfinity;
        for (int iteration = 1; ; iteration++)
        {
            var responsibilities = new double[(long)rows.Count * components.Length];
            double logLikelihood = Expectation.Run(rows, components, responsibilities, options.Threads) / rows.Count;
            components = Maximization.Run(rows, responsibilities, components, options);
            bool converged = logLikelihood - previous < options.Tolerance;
            if (converged || iteration == options.MaxIterations)
            {
                return new GaussianMixture(components, logLikelihood, iteration, converged);
            }
            previous = logLikelihood;
        }
    }

    /// <summary>The most probable component of each row; ties go to the lower index.</summary>
    public int[] Assign(Rows rows, int threads = 0)
    {
        double[] probabilities = Probabilities(rows, threads);
        var labels = new int[rows.Count];
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> own = probabilities.AsSpan(row * components.Length, components.Length);
            for (int k = 1; k < own.Length; k++)
            {
                labels[row] = own[k] > own[labels[row]] ? k : labels[row];
            }
        }
        return labels;
    }

    /// <summary>Probability of each component for each row, [N,K], rows adding up to 1.</summary>
    /// <exception cref="ArgumentException">The rows have another width than the mixture.</exception>
    public double[] Probabilities(Rows rows, int threads = 0)
    {
        if (rows.Width != Width)
        {
            throw new ArgumentException($"'{nameof(rows)}' must have width {Width}, was {rows.Width}.", nameof(rows));
        }
        var probabilities = new double[(long)rows.Count * components.Length];
        _ = Expectation.Run(rows, components, probabilities, threads);
        return probabilities;
    }

    double[,] Table(Func<Component, int, double> cell)
    {
        var table = new double[components.Length, Width];
        for (int k = 0; k < components.Length; k++)
        {
            for (int column = 0; column < Width; column++)
            {
                table[k, column] = cell(components[k], column);
            }
        }
        return table;
    }
}
