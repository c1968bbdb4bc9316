namespace Toolchain.Clustering.KMeans;

/// <summary>
/// k-means by Lloyd's iterations (Lloyd, "Least squares quantization in PCM", 1982) from k-means++ centres (Arthur and Vassilvitskii,
/// 2007), with exact bounds that spare most distances (Elkan, 2003). Distances in float32, sums of rows in float64, all in fixed order:
/// the same bits at any thread count.
/// </summary>
public static class KMeansClustering
{
    /// <summary>
    /// Fits centres to <paramref name="rows"/>. Labels belong to the returned centres. A cluster that loses all rows takes over the row
    /// that is farthest from its centre, the next empty one the next farthest.
    /// </summary>
    /// <exception cref="ArgumentException">A number is not finite, or an option is out of range; the message names it.</exception>
    public static KMeansResult Fit(Rows rows, KMeansOptions options) => options.Cosine
        ? FitFromDraws(UnitRows(rows, options), options)
        : FitFromDraws(rows, options);

    /// <summary>Fits bytes as they are, with a quarter of the memory traffic; otherwise as for float32.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static KMeansResult Fit(ByteRows rows, KMeansOptions options) => options.Cosine
        ? Fit(rows.ToRows(), options)
        : FitFromDraws(rows.WithExtents(options.Threads), options);

    /// <summary>Fits from given centres [K,D] instead of k-means++ draws.</summary>
    /// <exception cref="ArgumentException">The centres have another width, or an option is out of range.</exception>
    public static KMeansResult Fit(Rows rows, Rows start, KMeansOptions options) => options.Cosine
        ? FitFrom(UnitRows(rows, options), start.Values.ToArray(), start.Width, options)
        : FitFrom(rows, start.Values.ToArray(), start.Width, options);

    /// <summary>Fits bytes from given centres [K,D], in units of the rows' numbers.</summary>
    /// <exception cref="ArgumentException">The centres have another width, or an option is out of range.</exception>
    public static KMeansResult Fit(ByteRows rows, Rows start, KMeansOptions options) => options.Cosine
        ? Fit(rows.ToRows(), start, options)
        : FitFrom(rows.WithExtents(options.Threads), Scale(start.Values.Span, rows.Divisor), start.Width, options);

    /// <summary>The nearest centre of each row; ties go to the lower index.</summary>
    /// <exception cref="ArgumentException">The centres have another width.</exception>
    public static int[] Assign(Rows rows, Rows centres, int threads = 0) => Assign(rows, centres.Values.ToArray(), centres.Width, threads);

    /// <summary>The nearest centre of each row; ties go to the lower index.</summary>
    /// <exception cref="ArgumentException">The centres have another width.</exception>
    public static int[] Assign(ByteRows rows, Rows centres, int threads = 0) =>
        Assign(rows, Scale(centres.Values.Span, rows.Divisor), centres.Width, threads);

    static KMeansResult FitFromDraws<TRows>(TRows rows, KMeansOptions options) where TRows : struct, IRows
    {
        options.Check(rows);
        var shared = new SharedRows<TRows>(rows, options.RanksOf(rows.Count), options.Threads);
        Lloyd<TRows>? best = null;
        for (int restart = 0; restart < options.Restarts; restart++)
        {
            // Distinct and fixed streams for the restarts.
            var random = new Random(unchecked(options.Seed * 31 + restart * 7919));
            float[] start = new KMeansPlusPlus<TRows>(shared).Initialize(options.ClusterCount, random);
            Lloyd<TRows> found = Improve(shared, start, random, options);
            best = best is null || found.Inertia < best.Inertia ? found : best;
        }
        return best!.Result();
    }

    static KMeansResult FitFrom<TRows>(TRows rows, float[] start, int width, KMeansOptions options) where TRows : struct, IRows
    {
        RequireWidth(rows, width);
        options = options with { ClusterCount = start.Length / width };
        options.Check(rows);
        var shared = new SharedRows<TRows>(rows, options.RanksOf(rows.Count), options.Threads);
        return Improve(shared, start, new Random(options.Seed), options).Result();
    }

    static Lloyd<TRows> Improve<TRows>(SharedRows<TRows> shared, float[] start, Random random, KMeansOptions options) where TRows : struct,
        IRows
    {
        if (options.BatchSize > 0)
        {
            start = MiniBatch.Improve(shared.Rows, start, random, options);
        }
        // After mini-batches one full pass gives labels and inertia; the centres stay.
        return new Lloyd<TRows>(shared, start, options, options.BatchSize > 0 ? 0 : options.MaxIterations);
    }

    static int[] Assign<TRows>(TRows rows, float[] centres, int width, int threads) where TRows : struct, IRows
    {
        RequireWidth(rows, width);
        // Bounds pay from the second pass on; bytes are multiplied faster than floats even so.
        float[] norms = rows.HasBytes ? new SharedRows<TRows>(rows, new OneRank(rows.Count), threads).Norms : [];
        var nearest = new NearestCentres<TRows>(rows, norms, centres.Length / width, threads,
            rows.HasBytes ? NearestCentres<TRows>.MostBounds : 0);
        nearest.Update(centres);
        return nearest.Labels;
    }

    static void RequireWidth<TRows>(TRows rows, int width) where TRows : struct, IRows
    {
        if (width != rows.Width)
        {
            throw new ArgumentException($"The centres must have width {rows.Width}, was {width}.");
        }
    }

    static Rows UnitRows(Rows rows, KMeansOptions options)
    {
        options.Check(rows);
        return new Rows(rows.Unit(), rows.Width);
    }

    static float[] Scale(ReadOnlySpan<float> values, float factor)
    {
        float[] scaled = values.ToArray();
        foreach (ref float value in scaled.AsSpan())
        {
            value *= factor;
        }
        return scaled;
    }
}
