using System.Runtime.InteropServices;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;

namespace Toolchain.Evaluate.Metrics;

/// <summary>How well a 2-D embedding preserves neighbourhoods. Needs no labels.</summary>
/// <param name="Trustworthiness">
/// Penalty for neighbours in the 2-D embedding that are none in truth, in [0..1], 1 is best (Venna and Kaski 2001); as in scikit-learn,
/// over an even sample of rows.
/// </param>
/// <param name="Preserved">Share of each row's nearest neighbours that are so in the 2-D embedding too, in [0..1].</param>
public sealed record NeighbourhoodQuality(double Trustworthiness, double Preserved)
{
    /// <summary>Neighbours that are compared by default; there must be more than twice as many rows.</summary>
    public const int Count = 10;

    const int Sampled = 1000;

    /// <summary>Of a 2-D embedding [N,2] of rows [N,D], by <paramref name="count"/> neighbours.</summary>
    /// <exception cref="ArgumentException">The counts differ, or there are too few rows.</exception>
    public static NeighbourhoodQuality Of(Rows rows, Rows coordinates, int count = Count, int threads = 0)
    {
        if (rows.Count != coordinates.Count || 2 * count >= rows.Count)
        {
            throw new ArgumentException($"Expected coordinates for each of more than {2 * count} rows, found {coordinates.Count} for "
                + $"{rows.Count} rows.");
        }
        int[] near = NeighbourSearch.OfEach(coordinates, count, threads).Indices,
            truth = NeighbourSearch.OfEach(rows, count, threads).Indices;
        int kept = Enumerable.Range(0, rows.Count)
            .Sum(row => near.AsSpan(row * count, count).ToArray().Intersect(truth.AsSpan(row * count, count).ToArray()).Count());
        int[] taken = EvenSample.Of(rows.Count, Sampled);
        var penalties = new long[taken.Length];
        Parallel.For(0, taken.Length, new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : -1 }, i =>
            penalties[i] = Penalty(rows, taken[i], near.AsSpan(taken[i] * count, count)));
        double n = rows.Count, worst = taken.Length * count * (2 * n - 3 * count - 1);
        return new NeighbourhoodQuality(1 - 2 * penalties.Sum() / worst, kept / (n * count));
    }

    /// <summary>
    /// Of a 2-D embedding [N,2] of rows [N,D], or null where it says nothing: too few rows, or half of them like others, of which none is
    /// nearer than another and any figure would be 1.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="coordinates">The 2-D embedding.</param>
    /// <param name="different"><see cref="DifferentRows"/> of the rows.</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public static NeighbourhoodQuality? OfVaried(Rows rows, Rows coordinates, int different, int threads = 0) =>
        2 * different > rows.Count && rows.Count > 2 * Count ? Of(rows, coordinates, threads: threads) : null;

    /// <summary>How many rows differ, bit by bit, from all before them.</summary>
    public static int DifferentRows(Rows rows)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int row = 0; row < rows.Count; row++)
        {
            seen.Add(new string(MemoryMarshal.Cast<float, char>(rows[row])));
        }
        return seen.Count;
    }

    // By how many ranks each neighbour in the 2-D embedding lies outside the true neighbourhood.
    static long Penalty(Rows rows, int row, ReadOnlySpan<int> near)
    {
        var distances = new double[rows.Count];
        for (int other = 0; other < distances.Length; other++)
        {
            distances[other] = SquaredDistance(rows[row], rows[other]);
        }
        long penalty = 0;
        foreach (int other in near)
        {
            int rank = 0;
            foreach (double distance in distances)
            {
                rank += distance < distances[other] ? 1 : 0;
            }
            // The row itself is nearest, unless another is as near: then it is none of the nearer ones.
            penalty += Math.Max(0, Math.Max(1, rank) - near.Length);
        }
        return penalty;
    }

    internal static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
