using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Shares of rows in clusters: w(n,k) = u(n) exp(-|x(n) - c(k)|^2 / T) v(k), where u makes the shares of a row 1 and v those of a cluster
/// N / K. Sums over rows are those of fixed parts, added in order: the same bits at any thread count.
/// </summary>
sealed class EvenShares
{
    const int Parts = 64, MostScalings = 200;

    // By how much the sizes of clusters may differ from N / K.
    const double Uneven = 0.01;

    // Such a share moves no centre.
    const double Negligible = 1e-6;

    readonly Rows rows;
    readonly int threads, clusterCount;
    readonly float[] kernel; // [N,K], of each row divided by the nearest centre's
    readonly double[] nearest, ofCluster; // squared distance to the nearest centre [N]; v [K]
    readonly float[] norms; // squared, of the rows [N]
    double temperature;

    /// <summary>Shares of <paramref name="rows"/> [N,D] in clusters around <paramref name="centres"/> [K,D].</summary>
    public EvenShares(Rows rows, Rows centres, int threads)
    {
        (this.rows, this.threads, clusterCount) = (rows, threads, centres.Count);
        Rows.RequireRoom(nameof(KMeansOptions.ClusterCount), rows.Count, clusterCount);
        Centres = centres.Values.ToArray();
        (kernel, nearest, ofCluster) = (new float[rows.Count * clusterCount], new double[rows.Count], new double[clusterCount]);
        Array.Fill(ofCluster, 1);
        norms = [.. Enumerable.Range(0, rows.Count).Select(row => VectorKernels.Dot(rows[row], rows[row]))];
    }

    /// <summary>The centres [K,D], row-major.</summary>
    public float[] Centres { get; private set; }

    /// <summary>Mean over rows and their shares of the squared distance to the centres before their last movement.</summary>
    public double Cost { get; private set; }

    /// <summary>Moves each centre to the mean of its shares; returns the squared distance that all of them moved.</summary>
    /// <param name="temperature">T, above 0.</param>
    public double MoveCentres(double temperature)
    {
        this.temperature = temperature;
        FillKernel();
        for (int step = 0; step < MostScalings && !Scale(); step++)
        {
        }
        int width = rows.Width;
        double[] moments = SumOfParts(clusterCount * (width + 1) + 1, AddMoments);
        Cost = moments[^1] / rows.Count;
        double movement = 0;
        var moved = new float[Centres.Length];
        for (int i = 0; i < moved.Length; i++)
        {
            double shares = moments[i / width]; // 0 where a centre is so far away that no row has a share in it
            moved[i] = shares > 0 ? (float)(moments[clusterCount + i] / shares) : Centres[i];
            movement += (moved[i] - Centres[i]) * (double)(moved[i] - Centres[i]);
        }
        Centres = moved;
        return movement;
    }

    // One step of Sinkhorn's algorithm; whether the clusters were even before it.
    bool Scale()
    {
        double[] sums = SumOfParts(clusterCount, (row, own) => AddTo(own, row, OfRow(row)));
        double even = rows.Count / (double)clusterCount, worst = 0;
        for (int k = 0; k < clusterCount; k++)
        {
            worst = Math.Max(worst, Math.Abs(ofCluster[k] * sums[k] / even - 1));
            ofCluster[k] = even / Math.Max(sums[k], Negligible * even);
        }
        return worst < Uneven;
    }

    Span<float> KernelOf(int row) => kernel.AsSpan(row * clusterCount, clusterCount);

    void FillKernel()
    {
        var centres = new Rows(Centres, rows.Width);
        float[] squaredCentres = [.. Enumerable.Range(0, clusterCount).Select(k => VectorKernels.Dot(centres[k], centres[k]))];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            var squares = new double[clusterCount];
            for (int row = first; row < end; row++)
            {
                for (int k = 0; k < clusterCount; k++)
                {
                    squares[k] = Math.Max(0, norms[row] + squaredCentres[k] - 2 * (double)VectorKernels.Dot(rows[row], centres[k]));
                }
                nearest[row] = squares.Min();
                Span<float> own = KernelOf(row);
                for (int k = 0; k < clusterCount; k++)
                {
                    own[k] = MathF.Exp((float)((nearest[row] - squares[k]) / temperature));
                }
            }
        });
    }

    // u of a row.
    double OfRow(int row)
    {
        double sum = 0;
        Span<float> own = KernelOf(row);
        for (int k = 0; k < own.Length; k++)
        {
            sum += own[k] * ofCluster[k];
        }
        return 1 / sum;
    }

    void AddTo(double[] sums, int row, double factor)
    {
        Span<float> own = KernelOf(row);
        for (int k = 0; k < own.Length; k++)
        {
            sums[k] += factor * own[k];
        }
    }

    // Of each cluster its shares, then the sum of the rows by shares; last the sum of squared distances by shares.
    void AddMoments(int row, double[] sums)
    {
        double factor = OfRow(row);
        ReadOnlySpan<float> numbers = rows[row];
        Span<float> own = KernelOf(row);
        for (int k = 0; k < own.Length; k++)
        {
            double share = factor * own[k] * ofCluster[k];
            if (share > Negligible)
            {
                sums[k] += share;
                sums[^1] += share * (nearest[row] - temperature * Math.Log(own[k]));
                Span<double> sum = sums.AsSpan(clusterCount + k * numbers.Length, numbers.Length);
                for (int i = 0; i < numbers.Length; i++)
                {
                    sum[i] += share * numbers[i];
                }
            }
        }
    }

    double[] SumOfParts(int length, Action<int, double[]> add)
    {
        var parts = new double[Parts][];
        Chunks.ForParts(rows.Count, Parts, threads, (part, first, end) =>
        {
            parts[part] = new double[length];
            for (int row = first; row < end; row++)
            {
                add(row, parts[part]);
            }
        });
        return Totals.Add(parts);
    }
}
