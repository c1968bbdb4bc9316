namespace Toolchain.Clustering;

/// <summary>
/// k-means++ with several candidates per draw, of which the one that lowers the potential most is kept (Arthur and Vassilvitskii, 2007,
/// section 5, "greedy"; 2 + ln K candidates).
/// </summary>
static class KMeansStart
{
    public static float[] PlusPlus(Rows rows, float[] norms, int count, Random random, int threads)
    {
        var centres = new float[count * rows.Width];
        int candidates = 2 + (int)Math.Log(count);
        rows[random.Next(rows.Count)].CopyTo(centres);
        double[] nearest = Distances(rows, norms, centres.AsMemory(0, rows.Width), threads);
        for (int k = 1; k < count; k++)
        {
            double potential = nearest.Sum();
            double[]? best = null;
            int chosen = 0;
            for (int i = 0; i < candidates; i++)
            {
                int candidate = Draw(nearest, potential * random.NextDouble());
                double[] distances = Distances(rows, norms, rows.Values.Slice(candidate * rows.Width, rows.Width), threads);
                for (int row = 0; row < distances.Length; row++)
                {
                    distances[row] = Math.Min(distances[row], nearest[row]);
                }
                if (best is null || distances.Sum() < best.Sum())
                {
                    (best, chosen) = (distances, candidate);
                }
            }
            nearest = best!;
            rows[chosen].CopyTo(centres.AsSpan(k * rows.Width));
        }
        return centres;
    }

    static double[] Distances(Rows rows, float[] norms, ReadOnlyMemory<float> centre, int threads)
    {
        var distances = new double[rows.Count];
        float norm = Kernels.Dot(centre.Span, centre.Span);
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                distances[row] = Math.Max(0, (double)norms[row] + norm - 2.0 * Kernels.Dot(rows[row], centre.Span));
            }
        });
        return distances;
    }

    // The row at which the running sum of squared distances passes the target.
    static int Draw(double[] distances, double target)
    {
        for (int row = 0; row < distances.Length; row++)
        {
            target -= distances[row];
            if (target < 0)
            {
                return row;
            }
        }
        return distances.Length - 1;
    }
}
