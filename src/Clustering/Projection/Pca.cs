using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Projection;

/// <summary>
/// Principal components by the eigenvectors of the covariance, in float64 (Jolliffe, "Principal Component Analysis", 2002). Signs are
/// fixed: the largest element of each axis is positive.
/// </summary>
public sealed class Pca
{
    // Width beyond which the covariance is not made: its eigenvectors cost the cube of it.
    const int MostCovariances = 1024;

    Pca(double[] mean, double[,] axes, double[] variances, double total) =>
        (Mean, Axes, Variances, TotalVariance) = (mean, axes, variances, total);

    /// <summary>Mean of the rows, [D].</summary>
    public double[] Mean { get; }

    /// <summary>Axes [D,P] that a centred row is multiplied by; divided by the standard deviations when whitening.</summary>
    public double[,] Axes { get; }

    /// <summary>Variance along each axis, [P], falling.</summary>
    public double[] Variances { get; }

    /// <summary>Variance of the rows: the sum over their columns, and so over all axes, those that were not asked for too.</summary>
    public double TotalVariance { get; }

    /// <summary>Fits the axes that hold <paramref name="fraction"/> of the variance, the fewest that do.</summary>
    /// <param name="rows">At least two rows.</param>
    /// <param name="fraction">In (0..1].</param>
    /// <param name="whiten">Whether projections are scaled to variance 1.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    /// <param name="ranks">The programs that share the fit, each with a range of the rows; null for one that has all.</param>
    public static Pca FitFraction(Rows rows, double fraction, bool whiten, int threads = 0, IRanks? ranks = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        return Fit(rows, values =>
        {
            double goal = fraction * values.Sum() * (1 - 1e-12), sum = 0;
            int count = 0;
            while (count < values.Length && sum < goal)
            {
                sum += values[count++];
            }
            return Math.Max(1, count);
        }, whiten, (threads, ranks));
    }

    /// <summary>Fits the first <paramref name="dimensions"/> axes, in [1..D]; of rows of more than 1,024 numbers at most N of them, to five
    /// digits of their variances.</summary>
    public static Pca Fit(Rows rows, int dimensions, bool whiten, int threads = 0, IRanks? ranks = null)
    {
        if (dimensions < 1 || dimensions > rows.Width)
        {
            throw new ArgumentOutOfRangeException(nameof(dimensions),
                $"'{nameof(dimensions)}' must be in [1..{rows.Width}], the width of the rows, was {dimensions}.");
        }
        return rows.Width > MostCovariances && 4 * dimensions < rows.Width ? FitLeading(rows, dimensions, whiten, (threads, ranks))
            : Fit(rows, _ => dimensions, whiten, (threads, ranks));
    }

    static Pca FitLeading(Rows rows, int dimensions, bool whiten, (int Threads, IRanks? Ranks) by)
    {
        Rows.Require(rows, by.Ranks);
        IRanks ranks = by.Ranks ?? new OneRank(rows.Count);
        double[] mean = ranks.SumParts("means of columns", rows.Count, rows.Width, (first, end, sums) =>
        {
            for (int row = first; row < end; row++)
            {
                ReadOnlySpan<float> values = rows[row];
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] += values[i];
                }
            }
        });
        Array.ForEach([.. Enumerable.Range(0, mean.Length)], i => mean[i] /= ranks.RowCount);
        int count = (int)Math.Min(dimensions, ranks.RowCount);
        (double[] variances, double[] vectors) = LeadingAxes.Find(rows, mean, count, (by.Threads, ranks));
        double[] squares = ranks.SumParts("squares about the mean", rows.Count, 1, (first, end, sums) =>
        {
            for (int row = first; row < end; row++)
            {
                ReadOnlySpan<float> values = rows[row];
                for (int i = 0; i < mean.Length; i++)
                {
                    sums[0] += (values[i] - mean[i]) * (values[i] - mean[i]);
                }
            }
        });
        return Of(mean, (variances, squares[0] / Math.Max(1, ranks.RowCount - 1)), vectors, whiten);
    }

    /// <summary>Rows along the axes, [N,P].</summary>
    public Rows Project(Rows rows, int threads = 0)
    {
        int count = Variances.Length, width = rows.Width;
        var projected = new float[rows.Count * count];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            var sum = new double[count];
            var axes = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref Axes[0, 0], Axes.Length);
            for (int row = first; row < end; row++)
            {
                Array.Clear(sum);
                ReadOnlySpan<float> values = rows[row];
                for (int i = 0; i < width; i++)
                {
                    VectorKernels.AddScaled(sum, axes.Slice(i * count, count), values[i] - Mean[i]);
                }
                for (int axis = 0; axis < count; axis++)
                {
                    projected[row * count + axis] = (float)sum[axis];
                }
            }
        });
        return new Rows(projected, count);
    }

    static Pca Fit(Rows rows, Func<double[], int> choose, bool whiten, (int Threads, IRanks? Ranks) by)
    {
        Rows.Require(rows, by.Ranks);
        (double[] mean, double[] covariance) = Covariance(rows, by.Threads, by.Ranks ?? new OneRank(rows.Count));
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(covariance, rows.Width);
        return Of(mean, (values[..choose(values)], values.Sum()), vectors, whiten);
    }

    // Signs and scales fixed.
    static Pca Of(double[] mean, (double[] Along, double Total) variances, double[] vectors, bool whiten)
    {
        double[] values = variances.Along;
        int count = values.Length, width = mean.Length;
        var axes = new double[width, count];
        for (int axis = 0; axis < count; axis++)
        {
            ReadOnlySpan<double> vector = vectors.AsSpan(axis * width, width);
            double scale = Math.Sign(Largest(vector)) / (whiten ? Math.Sqrt(Math.Max(values[axis], 1e-12)) : 1);
            for (int i = 0; i < width; i++)
            {
                axes[i, axis] = vector[i] * scale;
            }
        }
        return new Pca(mean, axes, values, variances.Total);
    }

    static double Largest(ReadOnlySpan<double> vector)
    {
        double largest = 0;
        foreach (double value in vector)
        {
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
        }
        return largest;
    }

    static (double[] Mean, double[] Covariance) Covariance(Rows rows, int threads, IRanks ranks)
    {
        const int quarters = 4;
        double[] origin = ranks.Combine("the first row",
            () => rows.Count == 0 ? [] : Array.ConvertAll(rows[0].ToArray(), value => (double)value),
            all => all.First(own => own.Length > 0));
        var moments = new Moments(origin, diagonal: false);
        moments.Add(ranks.SumParts("moments", rows.Count, moments.Count, (begin, end, sums) =>
        {
            var parts = new Moments[quarters];
            Chunks.ForParts(end - begin, quarters, threads, (part, first, last) =>
            {
                parts[part] = new Moments(origin, diagonal: false);
                for (int row = begin + first; row < begin + last; row++)
                {
                    parts[part].Add(rows[row], 1);
                }
            });
            for (int part = 1; part < quarters; part++)
            {
                parts[0].Add(parts[part]);
            }
            parts[0].Take(sums);
        }));
        (int width, double count) = (rows.Width, ranks.RowCount);
        double[] covariance = moments.Covariance(count);
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = covariance[i * width + j] * count / Math.Max(1, count - 1);
                (covariance[i * width + j], covariance[j * width + i]) = (value, value);
            }
        }
        return (moments.Mean(count), covariance);
    }
}
