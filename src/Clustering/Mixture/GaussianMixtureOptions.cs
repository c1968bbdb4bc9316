namespace Toolchain.Clustering.Mixture;

/// <summary>What the covariances of a mixture may be.</summary>
public enum CovarianceKind
{
    /// <summary>Each component has one of its own.</summary>
    Full,

    /// <summary>All components share one.</summary>
    Tied,

    /// <summary>Each component has variances of its own, and no correlations.</summary>
    Diagonal,

    /// <summary>Each component has one variance for all columns.</summary>
    Spherical,
}

/// <summary>Options of the Gaussian mixture; the defaults are scikit-learn's.</summary>
public sealed record GaussianMixtureOptions
{
    /// <summary>Number of components (K), in [1..N].</summary>
    public int ComponentCount { get; init; } = 10;

    /// <summary>Kind of the covariances.</summary>
    public CovarianceKind Covariance { get; init; } = CovarianceKind.Full;

    /// <summary>Most iterations, an E-step and an M-step each.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Stops when the mean log-likelihood per row rises by less than this (nats).</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Added to the diagonal of every covariance.</summary>
    public double Regularization { get; init; } = 1e-6;

    /// <summary>
    /// Share of the mean variance of the rows' columns that is added as well. Without it, components of rows that clusters leave nearly
    /// flat, such as embeddings behind a ReLU, collapse onto flat parts of a cluster, whose likelihood has no bound (Bishop, section
    /// 9.2.1).
    /// </summary>
    public double VarianceFloor { get; init; }

    /// <summary>Seed of the k-means start.</summary>
    public int Seed { get; init; }

    /// <summary>Fits, each from a k-means start of its own, of which the one of the highest likelihood is kept.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Number of threads; 0 uses all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Stops the fit between two iterations.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The programs that share the fit, each with a range of the rows; null for one that has all.</summary>
    public IRanks? Ranks { get; init; }

    internal IRanks RanksOf(Rows rows) => Ranks ?? new OneRank(rows.Count);

    // The same options with the floor of these rows among what is added.
    internal GaussianMixtureOptions For(Rows rows) => VarianceFloor == 0 ? this
        : this with { VarianceFloor = 0, Regularization = Regularization + VarianceFloor * ColumnVariance.MeanOf(rows, RanksOf(rows)) };

    internal void Check(Rows rows)
    {
        Rows.Require(rows, Ranks);
        Rows.RequireClusterCount(ComponentCount, RanksOf(rows).RowCount);
        Rows.RequireRoom(nameof(ComponentCount), Math.Min(rows.Count, IRanks.PartRows), ComponentCount);
        Rows.RequireRoom(nameof(rows.Width), rows.Width, rows.Width);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Restarts, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Tolerance);
        ArgumentOutOfRangeException.ThrowIfNegative(Regularization);
        ArgumentOutOfRangeException.ThrowIfNegative(VarianceFloor);
    }
}
