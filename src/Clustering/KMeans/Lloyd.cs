using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>Lloyd's iterations from given centres: label each row by its nearest centre, then move each centre to its rows' mean.</summary>
sealed class Lloyd<TRows> where TRows : struct, IRows
{
    readonly TRows rows;
    readonly KMeansOptions options;
    readonly NearestCentres<TRows> nearest;
    readonly ClusterSums<TRows> sums;
    readonly double meanSquare;
    float[] centres;

    public Lloyd(TRows rows, float[] norms, float[] start, KMeansOptions options)
    {
        (this.rows, this.options, centres) = (rows, options, start);
        meanSquare = norms.Sum(norm => (double)norm) / rows.Count;
        int count = start.Length / rows.Width;
        nearest = new NearestCentres<TRows>(rows, norms, count, options.Threads);
        sums = new ClusterSums<TRows>(rows, count, options.Threads);
        if (options.Cosine)
        {
            Normalize(centres);
        }
    }

    /// <summary>Runs at most <paramref name="maxIterations"/> iterations; 0 only labels the rows.</summary>
    public KMeansResult Run(int maxIterations)
    {
        nearest.Update(centres);
        bool converged = maxIterations == 0;
        int iteration = 0;
        while (!converged && iteration < maxIterations)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            iteration++;
            float[] moved = Means();
            double movement = VectorKernels.SquaredDistance(moved, centres);
            centres = moved;
            nearest.Update(centres);
            converged = movement <= options.Tolerance * MeanVariance();
        }
        double inertia = Inertia() / ((double)rows.Divisor * rows.Divisor);
        return new KMeansResult(new Rows(centres.Select(value => value / rows.Divisor).ToArray(), rows.Width), nearest.Labels, inertia,
            iteration, converged);
    }

    double Inertia()
    {
        if (!sums.AreExact)
        {
            return nearest.Inertia();
        }
        sums.Update(nearest.Labels);
        return sums.Inertia(centres);
    }

    // A cluster without rows takes over the row that is farthest from its centre, the next one the next farthest.
    float[] Means()
    {
        sums.Update(nearest.Labels);
        int width = rows.Width;
        var means = new float[centres.Length];
        var farthest = new Lazy<Queue<int>>(() => Farthest(nearest.Distances(), sums.Sizes.Length));
        for (int k = 0; k < sums.Sizes.Length; k++)
        {
            Span<float> mean = means.AsSpan(k * width, width);
            if (sums.Sizes[k] == 0)
            {
                rows.Read(farthest.Value.Dequeue(), 0, mean);
                continue;
            }
            for (int i = 0; i < width; i++)
            {
                mean[i] = (float)(sums.Values[k * width + i] / sums.Sizes[k]);
            }
        }
        if (options.Cosine)
        {
            Normalize(means);
        }
        return means;
    }

    static Queue<int> Farthest(float[] distances, int count) =>
        new(Enumerable.Range(0, distances.Length).OrderByDescending(row => distances[row]).ThenBy(row => row).Take(count));

    void Normalize(float[] values) => new Rows(values, rows.Width).Unit().CopyTo(values, 0);

    // Mean over the columns of their variance: mean squared norm less the squared norm of the mean, which the clusters' sums add up to.
    double MeanVariance()
    {
        double mean = 0;
        for (int i = 0; i < rows.Width; i++)
        {
            double sum = 0;
            for (int k = 0; k < sums.Sizes.Length; k++)
            {
                sum += sums.Values[k * rows.Width + i];
            }
            mean += sum / rows.Count * (sum / rows.Count);
        }
        return Math.Max(0, meanSquare - mean) / rows.Width;
    }
}
