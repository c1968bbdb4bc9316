namespace Toolchain.Clustering.KMeans;

/// <summary>Options of k-means; the defaults are scikit-learn's where it has them.</summary>
public sealed record KMeansOptions
{
    /// <summary>Number of clusters (K), in [1..N].</summary>
    public int ClusterCount { get; init; } = 10;

    /// <summary>Fits, each from k-means++ centres of its own, of which the one of the lowest inertia is kept.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Most iterations of one restart.</summary>
    public int MaxIterations { get; init; } = 300;

    /// <summary>Stops when the squared movement of all centres is at most this times the mean variance of the columns.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Clusters by angle: rows and centres are brought to unit length (Dhillon and Modha 2001, "spherical k-means").</summary>
    public bool Cosine { get; init; }

    /// <summary>Rows of a mini-batch, of which <see cref="MaxIterations"/> are drawn; 0 uses all rows in each iteration.</summary>
    public int BatchSize { get; init; }

    /// <summary>Seed of the k-means++ draws.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads; 0 uses all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Stops the fit between two iterations.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The programs that share the fit, each with a range of the rows; null for one that has all.</summary>
    public IRanks? Ranks { get; init; }

    internal IRanks RanksOf(int rowCount) => Ranks ?? new OneRank(rowCount);

    internal void Check<TRows>(TRows rows) where TRows : struct, IRows
    {
        Rows.Require(rows, Ranks);
        Rows.RequireClusterCount(ClusterCount, RanksOf(rows.Count).RowCount);
        if (Ranks is not null && BatchSize > 0)
        {
            throw new ArgumentException($"'{nameof(BatchSize)}' must be 0 with '{nameof(Ranks)}', was {BatchSize}.", nameof(BatchSize));
        }
        Rows.RequireRoom(nameof(ClusterCount), rows.Width, ClusterCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(Restarts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIterations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Tolerance);
        ArgumentOutOfRangeException.ThrowIfNegative(BatchSize);
    }
}

/// <summary>What k-means found.</summary>
/// <param name="Centres">Centres [K,D], row-major.</param>
/// <param name="Labels">Nearest centre of each row (of a rank, of each of its rows); ties go to the lower index.</param>
/// <param name="Inertia">Sum of the squared distances to the nearest centres.</param>
/// <param name="Iterations">Iterations of the restart that was kept; 0 after mini-batches.</param>
/// <param name="Converged">Whether the tolerance was met within the allowed iterations; true after mini-batches, which have none.</param>
public sealed record KMeansResult(Rows Centres, int[] Labels, double Inertia, int Iterations, bool Converged)
{
    /// <summary>Rows of all ranks.</summary>
    internal long RowCount { get; init; } = Labels.Length;

    /// <summary>
    /// Mean squared distance of a row to its centre per dimension; at least a rounding error, so that it can be divided by.
    /// </summary>
    public double Variance() => Math.Max(Inertia / ((double)RowCount * Centres.Width), 1e-12);

    /// <summary>The centres as a table [K,D].</summary>
    public double[,] CentreTable()
    {
        var table = new double[Centres.Count, Centres.Width];
        for (int k = 0; k < Centres.Count; k++)
        {
            for (int i = 0; i < Centres.Width; i++)
            {
                table[k, i] = Centres[k][i];
            }
        }
        return table;
    }
}
