using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// k-means++ with several candidates per draw, of which the one that lowers the potential most is kept (Arthur and Vassilvitskii, 2007,
/// section 5, "greedy"; 2 + ln K candidates). One pass over the rows serves all candidates of a draw.
/// </summary>
static class KMeansPlusPlus
{
    /// <summary>Centres [K,D], rows of <paramref name="rows"/> each.</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="norms">Their squared lengths, [N].</param>
    /// <param name="count">K.</param>
    /// <param name="random">Draws the candidates.</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public static float[] Initialize<TRows>(TRows rows, float[] norms, int count, Random random, int threads) where TRows : struct, IRows
    {
        int width = rows.Width;
        var centres = new float[count * width];
        int candidateCount = 2 + (int)Math.Log(count);
        double[][] distances = [.. Enumerable.Range(0, candidateCount).Select(_ => new double[rows.Count])];
        var nearest = new double[rows.Count];
        Array.Fill(nearest, double.PositiveInfinity);
        int[] candidates = [random.Next(rows.Count)];
        for (int k = 0; ; k++)
        {
            double[][] sums = Measure(rows, norms, nearest, candidates, distances, threads);
            double[] potentials = [.. sums.Select(chunks => chunks.Sum())];
            int best = Array.IndexOf(potentials, potentials.Min());
            rows.Read(candidates[best], 0, centres.AsSpan(k * width, width));
            if (k == count - 1)
            {
                return centres;
            }
            (nearest, distances[best]) = (distances[best], nearest);
            double[] known = nearest;
            candidates =
                [.. Enumerable.Range(0, candidateCount).Select(_ => Draw(known, sums[best], potentials[best] * random.NextDouble()))];
        }
    }

    // Fills, for each candidate, the distance of each row to the nearest of its centre and the candidate; gives their sums by chunks.
    static double[][] Measure<TRows>(TRows rows, float[] norms, double[] nearest, int[] candidates, double[][] distances, int threads)
        where TRows : struct, IRows
    {
        int width = rows.Width;
        var points = new float[candidates.Length * width];
        for (int i = 0; i < candidates.Length; i++)
        {
            rows.Read(candidates[i], 0, points.AsSpan(i * width, width));
        }
        // Bytes are whole numbers, and exact as such.
        short[] words = rows.HasBytes ? Array.ConvertAll(points, value => (short)value) : [];
        double[][] sums = [.. candidates.Select(_ => new double[Chunks.Count(rows.Count)])];
        Chunks.ForEach(rows.Count, threads, (chunk, first, end) =>
        {
            Span<float> values = new float[width];
            Span<double> products = stackalloc double[candidates.Length], totals = stackalloc double[candidates.Length];
            totals.Clear();
            for (int row = first; row < end; row++)
            {
                if (rows.HasBytes)
                {
                    ReadOnlySpan<byte> bytes = rows.Bytes(row, out int column);
                    Products(bytes, words.AsSpan(column), width, products);
                }
                else
                {
                    rows.Read(row, 0, values);
                    Products(values, points, products);
                }
                for (int c = 0; c < candidates.Length; c++)
                {
                    double distance = Math.Min(nearest[row], Math.Max(0, (double)norms[row] + norms[candidates[c]] - 2.0 * products[c]));
                    distances[c][row] = distance;
                    totals[c] += distance;
                }
            }
            for (int c = 0; c < candidates.Length; c++)
            {
                sums[c][chunk] = totals[c];
            }
        });
        return sums;
    }

    static void Products(ReadOnlySpan<byte> row, ReadOnlySpan<short> points, int width, Span<double> products)
    {
        int c = 0;
        for (; c + 4 <= products.Length; c += 4)
        {
            ByteProducts.Dot(row, points[(c * width)..], width).CopyTo(products[c..(c + 4)]);
        }
        for (; c < products.Length; c += 2)
        {
            int next = Math.Min(c + 1, products.Length - 1);
            (products[c], products[next]) = ByteProducts.Dot(row, points.Slice(c * width, row.Length),
                points.Slice(next * width, row.Length));
        }
    }

    static void Products(ReadOnlySpan<float> row, ReadOnlySpan<float> points, Span<double> products)
    {
        for (int c = 0; c < products.Length; c += 2)
        {
            int next = Math.Min(c + 1, products.Length - 1);
            (products[c], products[next]) = VectorKernels.Dot(row, points.Slice(c * row.Length, row.Length),
                points.Slice(next * row.Length, row.Length));
        }
    }

    // The row at which the running sum of squared distances passes the target; whole chunks are passed by their sums.
    static int Draw(double[] distances, double[] sums, double target)
    {
        int chunk = 0;
        for (; chunk < sums.Length - 1 && target >= sums[chunk]; chunk++)
        {
            target -= sums[chunk];
        }
        for (int row = chunk * Chunks.Size; row < distances.Length; row++)
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
