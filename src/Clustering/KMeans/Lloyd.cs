using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>Lloyd's iterations from given centres: label each row by its nearest centre, then move each centre to its rows' mean.</summary>
sealed class Lloyd<TRows> where TRows : struct, IRows
{
    readonly SharedRows<TRows> shared;
    readonly KMeansOptions options;
    readonly int count, width, iterations;
    readonly bool converged;
    // Of this rank's rows; null until they are first labelled, and after the iterations, as they are large.
    NearestCentres<TRows>? nearest;
    ClusterSums<TRows>? sums;
    // The centres that the labels belong to.
    float[] centres, labelled = [];
    int[]? labels;

    /// <summary>Runs at most <paramref name="maxIterations"/> iterations; 0 only labels the rows.</summary>
    public Lloyd(SharedRows<TRows> shared, float[] start, KMeansOptions options, int maxIterations)
    {
        (this.shared, this.options, centres, width) = (shared, options, start, shared.Rows.Width);
        count = start.Length / width;
        if (options.Cosine)
        {
            Normalize(centres);
        }
        converged = maxIterations == 0;
        while (!converged && iterations < maxIterations)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            iterations++;
            double[] totals = shared.Ranks.Sum("sums of clusters", () => Sums().ToArray());
            float[] moved = Means(totals);
            double movement = VectorKernels.SquaredDistance(moved, centres);
            centres = moved;
            converged = movement <= options.Tolerance * MeanVariance(totals);
        }
        Inertia = (shared.AreExact ? ExactInertia() : RoundedInertia()) / ((double)shared.Rows.Divisor * shared.Rows.Divisor);
        labels = ReferenceEquals(labelled, centres) ? nearest!.Labels : null;
        (nearest, sums) = (null, null);
    }

    /// <summary>Sum of the squared distances to the nearest centres.</summary>
    public double Inertia { get; }

    /// <summary>Centres and labels.</summary>
    public KMeansResult Result()
    {
        float[] values = Array.ConvertAll(centres, value => value / shared.Rows.Divisor);
        return new KMeansResult(new Rows(values, width), labels ??= Nearest().Labels, Inertia, iterations, converged)
        {
            RowCount = shared.Ranks.RowCount
        };
    }

    NearestCentres<TRows> Nearest()
    {
        nearest ??= new(shared.Rows, shared.Norms, count, options.Threads,
            NearestCentres<TRows>.MostBoundsOf(shared.Ranks.RowCount, count));
        if (!ReferenceEquals(labelled, centres))
        {
            nearest.Update(labelled = centres);
        }
        return nearest;
    }

    ClusterSums<TRows> Sums()
    {
        sums ??= new(shared, count);
        sums.Update(Nearest().Labels);
        return sums;
    }

    // A cluster without rows takes over the row that is farthest from its centre, the next one the next farthest.
    float[] Means(double[] totals)
    {
        var means = new float[centres.Length];
        int[] empty = [.. Enumerable.Range(0, count).Where(k => totals[k] == 0)];
        double[] farthest = empty.Length == 0 ? [] : shared.Ranks.Combine("rows for empty clusters", () => Farthest(empty.Length),
            all => FarthestOf(all, empty.Length));
        for (int k = 0; k < count; k++)
        {
            int taken = totals[k] == 0 ? Array.IndexOf(empty, k) * width : 0;
            for (int i = 0; i < width; i++)
            {
                means[k * width + i] = (float)(totals[k] == 0 ? farthest[taken + i] : totals[count + k * width + i] / totals[k]);
            }
        }
        if (options.Cosine)
        {
            Normalize(means);
        }
        return means;
    }

    // For each of this rank's farthest rows: its distance, then its numbers.
    double[] Farthest(int most)
    {
        float[] distances = Nearest().Distances();
        var found = new List<double>();
        Span<float> values = new float[width];
        foreach (int row in Enumerable.Range(0, distances.Length).OrderByDescending(row => distances[row]).ThenBy(row => row).Take(most))
        {
            shared.Rows.Read(row, 0, values);
            found.Add(distances[row]);
            foreach (float value in values)
            {
                found.Add(value);
            }
        }
        return [.. found];
    }

    // The numbers of the farthest rows of all ranks; of equally far ones the first come first, as OrderBy is stable.
    double[] FarthestOf(IReadOnlyList<double[]> ranks, int most) =>
        [.. ranks.SelectMany(own => own.Chunk(width + 1)).OrderByDescending(row => row[0]).Take(most).SelectMany(row => row.Skip(1))];

    void Normalize(float[] values) => new Rows(values, width).Unit().CopyTo(values, 0);

    // Mean over the columns of their variance: mean squared norm less the squared norm of the mean, which the clusters' sums add up to.
    double MeanVariance(double[] totals)
    {
        double mean = 0, rows = shared.Ranks.RowCount;
        for (int i = 0; i < width; i++)
        {
            double sum = 0;
            for (int k = 0; k < count; k++)
            {
                sum += totals[count + k * width + i];
            }
            mean += sum / rows * (sum / rows);
        }
        return Math.Max(0, shared.MeanSquare - mean) / width;
    }

    // |x|^2 - 2xc + |c|^2 added up over the rows.
    double ExactInertia()
    {
        double[] totals = shared.Ranks.Sum("inertia", () => [.. Sums().ToArray(), sums!.Squares()]);
        double inertia = totals[^1];
        for (int i = 0; i < centres.Length; i++)
        {
            inertia += centres[i] * ((double)centres[i] * totals[i / width] - 2 * totals[count + i]);
        }
        return Math.Max(0, inertia);
    }

    double RoundedInertia()
    {
        double longest = Enumerable.Range(0, count).Max(k => Math.Sqrt(shared.Norm(centres.AsSpan(k * width, width)))) + shared.Longest;
        // A little more than the longest distance squared, for float32 that rounded up.
        var grid = new ExactGrid(1.01 * longest * longest, shared.Ranks.RowCount);
        return shared.Ranks.Sum("inertia", () => [Nearest().Distances().Sum(distance => grid.Round(distance))])[0];
    }
}
