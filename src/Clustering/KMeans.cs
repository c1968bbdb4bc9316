namespace Toolchain.Clustering;

/// <summary>
/// k-means by Lloyd's passes (Lloyd, "Least squares quantization in PCM", 1982) from k-means++ starts (Arthur and Vassilvitskii, 2007).
/// Distances in float32, sums of rows and inertia in float64, in fixed chunks: the same bits at any thread count.
/// </summary>
public static class KMeans
{
    /// <summary>
    /// Fits centres to <paramref name="rows"/>. Labels belong to the returned centres. A cluster that loses all rows takes over the row that is
    /// farthest from its centre, the next empty one the next farthest.
    /// </summary>
    /// <exception cref="ArgumentException">A number is not finite, or an option is out of range; the message names it.</exception>
    public static KMeansResult Fit(Rows rows, KMeansOptions options)
    {
        options.Check(rows);
        float[] norms = SquaredNorms(rows, options.Threads);
        double tolerance = options.Tolerance * MeanVariance(rows);
        KMeansResult? best = null;
        for (int restart = 0; restart < options.Restarts; restart++)
        {
            // Distinct and fixed streams for the restarts.
            var random = new Random(unchecked(options.Seed * 31 + restart * 7919));
            float[] start = KMeansStart.PlusPlus(rows, norms, options.ClusterCount, random, options.Threads);
            KMeansResult found = Lloyd(rows, norms, start, tolerance, options);
            best = best is null || found.Inertia < best.Inertia ? found : best;
        }
        return best!;
    }

    /// <summary>Fits from given centres [K,D] instead of k-means++ draws.</summary>
    /// <exception cref="ArgumentException">The centres have another width, or an option is out of range.</exception>
    public static KMeansResult Fit(Rows rows, Rows start, KMeansOptions options)
    {
        (options with { ClusterCount = start.Count }).Check(rows);
        return start.Width == rows.Width
            ? Lloyd(rows, SquaredNorms(rows, options.Threads), start.Values.ToArray(), options.Tolerance * MeanVariance(rows), options)
            : throw new ArgumentException($"'{nameof(start)}' must have width {rows.Width}, was {start.Width}.", nameof(start));
    }

    /// <summary>The nearest centre of each row.</summary>
    public static int[] Assign(Rows rows, Rows centres, int threads = 0)
    {
        var labels = new int[rows.Count];
        _ = Assign(rows, SquaredNorms(rows, threads), centres.Values.Span.ToArray(), labels, new double[rows.Count], threads);
        return labels;
    }

    static KMeansResult Lloyd(Rows rows, float[] norms, float[] centres, double tolerance, KMeansOptions options)
    {
        var labels = new int[rows.Count];
        var distances = new double[rows.Count];
        for (int iteration = 1; ; iteration++)
        {
            Assign(rows, norms, centres, labels, distances, options.Threads);
            float[] moved = Means(rows, labels, distances, centres, options.Threads);
            double movement = Kernels.SquaredDistance(moved, centres);
            centres = moved;
            if (movement <= tolerance || iteration == options.MaxIterations)
            {
                double inertia = Assign(rows, norms, centres, labels, distances, options.Threads);
                return new KMeansResult(new Rows(centres, rows.Width), labels, inertia, iteration, movement <= tolerance);
            }
        }
    }

    // Labels and squared distances of all rows; returns the inertia, added chunk by chunk.
    static double Assign(Rows rows, float[] norms, float[] centres, int[] labels, double[] distances, int threads)
    {
        int count = centres.Length / rows.Width;
        float[] centreNorms = SquaredNorms(new Rows(centres, rows.Width), 1);
        var inertia = new double[Chunks.Count(rows.Count)];
        Chunks.ForEach(rows.Count, threads, (chunk, first, end) =>
        {
            Span<float> products = new float[(end - first) * count];
            Kernels.Products(rows.Values.Span[(first * rows.Width)..(end * rows.Width)], centres, rows.Width, products);
            for (int row = first; row < end; row++)
            {
                ReadOnlySpan<float> product = products.Slice((row - first) * count, count);
                int nearest = 0;
                float least = float.PositiveInfinity;
                for (int k = 0; k < count; k++)
                {
                    float score = centreNorms[k] - 2 * product[k];
                    (nearest, least) = score < least ? (k, score) : (nearest, least);
                }
                labels[row] = nearest;
                distances[row] = Math.Max(0, (double)norms[row] + least);
                inertia[chunk] += distances[row];
            }
        });
        return inertia.Sum();
    }

    static float[] Means(Rows rows, int[] labels, double[] distances, float[] centres, int threads)
    {
        const int parts = 16;
        int width = rows.Width, count = centres.Length / width;
        var sums = new double[parts][];
        var sizes = new int[parts][];
        Chunks.ForParts(rows.Count, parts, threads, (part, first, end) =>
        {
            (sums[part], sizes[part]) = (new double[centres.Length], new int[count]);
            for (int row = first; row < end; row++)
            {
                sizes[part][labels[row]]++;
                Span<double> sum = sums[part].AsSpan(labels[row] * width, width);
                ReadOnlySpan<float> values = rows[row];
                for (int i = 0; i < values.Length; i++)
                {
                    sum[i] += values[i];
                }
            }
        });
        var farthest = new Lazy<Queue<int>>(() => Farthest(distances, count));
        var means = new float[centres.Length];
        for (int k = 0; k < count; k++)
        {
            int size = sizes.Sum(part => part[k]);
            ReadOnlySpan<float> stray = size == 0 ? rows[farthest.Value.Dequeue()] : default;
            for (int i = 0; i < width; i++)
            {
                means[k * width + i] = size == 0 ? stray[i] : (float)(sums.Sum(part => part[k * width + i]) / size);
            }
        }
        return means;
    }

    static Queue<int> Farthest(double[] distances, int count) =>
        new(Enumerable.Range(0, distances.Length).OrderByDescending(row => distances[row]).ThenBy(row => row).Take(count));

    internal static float[] SquaredNorms(Rows rows, int threads)
    {
        var norms = new float[rows.Count];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                norms[row] = Kernels.Dot(rows[row], rows[row]);
            }
        });
        return norms;
    }

    static double MeanVariance(Rows rows)
    {
        (double[] sum, double[] squares) = (new double[rows.Width], new double[rows.Width]);
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> values = rows[row];
            for (int i = 0; i < values.Length; i++)
            {
                sum[i] += values[i];
                squares[i] += (double)values[i] * values[i];
            }
        }
        return sum.Zip(squares, (s, q) => Math.Max(0, q / rows.Count - s / rows.Count * (s / rows.Count))).Average();
    }
}
