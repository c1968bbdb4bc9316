namespace Toolchain.Clustering;

/// <summary>
/// k-means++ with several candidates per draw, of which the one that lowers the potential most is kept (Arthur and Vassilvitskii, 2007,
/// section 5, "greedy"; 2 + ln K candidates). One pass over the rows serves all candidates of a draw.
/// </summary>
static class KMeansStart
{
    public static float[] PlusPlus<TRows>(TRows rows, float[] norms, int count, Random random, int threads) where TRows : struct, IRows
    {
        int width = rows.Width;
        var centres = new float[count * width];
        var nearest = new double[rows.Count];
        Array.Fill(nearest, double.PositiveInfinity);
        int[] candidates = [random.Next(rows.Count)];
        for (int k = 0; ; k++)
        {
            (double[][] distances, double[] potentials) = Distances(rows, norms, nearest, candidates, threads);
            int best = Array.IndexOf(potentials, potentials.Min());
            rows.Read(candidates[best], 0, centres.AsSpan(k * width, width));
            if (k == count - 1)
            {
                return centres;
            }
            nearest = distances[best];
            candidates = [.. Enumerable.Range(0, 2 + (int)Math.Log(count)).Select(_ => Draw(nearest, potentials[best] * random.NextDouble()))];
        }
    }

    // Distance of each row to the nearest of its centre and a candidate, and their sum, for each candidate.
    static (double[][] Distances, double[] Potentials) Distances<TRows>(TRows rows, float[] norms, double[] nearest, int[] candidates, int threads) where TRows : struct, IRows
    {
        int width = rows.Width;
        var points = new float[candidates.Length * width];
        for (int i = 0; i < candidates.Length; i++)
        {
            rows.Read(candidates[i], 0, points.AsSpan(i * width, width));
        }
        // Bytes are whole numbers, and exact as such.
        short[] words = rows.HasBytes ? Array.ConvertAll(points, value => (short)value) : [];
        double[][] distances = [.. candidates.Select(_ => new double[rows.Count])];
        var sums = new double[candidates.Length, Chunks.Count(rows.Count)];
        Chunks.ForEach(rows.Count, threads, (chunk, first, end) =>
        {
            Span<float> values = new float[width];
            for (int row = first; row < end; row++)
            {
                ReadOnlySpan<byte> bytes = default;
                int column = 0;
                if (rows.HasBytes)
                {
                    bytes = rows.Bytes(row, out column);
                }
                else
                {
                    rows.Read(row, 0, values);
                }
                for (int c = 0; c < candidates.Length; c += 2)
                {
                    int next = Math.Min(c + 1, candidates.Length - 1);
                    (double a, double b) = rows.HasBytes
                        ? ByteProducts.Dot(bytes, words.AsSpan(c * width + column, bytes.Length), words.AsSpan(next * width + column, bytes.Length))
                        : Kernels.Dot(values, points.AsSpan(c * width, width), points.AsSpan(next * width, width));
                    distances[c][row] = Math.Min(nearest[row], Math.Max(0, (double)norms[row] + norms[candidates[c]] - 2.0 * a));
                    distances[next][row] = Math.Min(nearest[row], Math.Max(0, (double)norms[row] + norms[candidates[next]] - 2.0 * b));
                }
                for (int c = 0; c < candidates.Length; c++)
                {
                    sums[c, chunk] += distances[c][row];
                }
            }
        });
        return (distances, [.. candidates.Select((_, c) => Enumerable.Range(0, sums.GetLength(1)).Sum(chunk => sums[c, chunk]))]);
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
