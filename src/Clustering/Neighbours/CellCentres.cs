namespace Toolchain.Clustering.Neighbours;

/// <summary>Centres of the cells of a <see cref="NeighbourIndex"/>: a few iterations of k-means on a seeded sample of the rows.</summary>
static class CellCentres
{
    // More iterations or rows find no more neighbours (docs/benchmarks/scale.md).
    const int Iterations = 4, SamplesPerCell = 64;

    /// <summary>Centres [C,D].</summary>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="count">C, in [1..N].</param>
    /// <param name="seed">Seed of the sample.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    public static Rows Find(Rows rows, int count, int seed, int threads)
    {
        int[] drawn = Draw(rows.Count, (int)Math.Min(rows.Count, (long)count * SamplesPerCell), seed);
        Rows sample = rows.Take(drawn), centres = rows.Take(drawn[..count]);
        for (int iteration = 0; iteration < Iterations && count > 1; iteration++)
        {
            centres = Means(sample, NeighbourSearch.Euclidean(sample, centres, 1, threads).Indices, centres);
        }
        return centres;
    }

    // Different rows, in random order.
    static int[] Draw(int rows, int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, rows)];
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            int other = random.Next(i, rows);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order[..count];
    }

    // A centre without rows stays.
    static Rows Means(Rows sample, int[] cells, Rows centres)
    {
        var sums = new double[centres.Values.Length];
        var counts = new int[centres.Count];
        for (int row = 0; row < sample.Count; row++)
        {
            counts[cells[row]]++;
            Kernels.VectorKernels.Add(sample[row], sums.AsSpan(cells[row] * sample.Width, sample.Width));
        }
        float[] means = centres.Values.ToArray();
        for (int i = 0; i < means.Length; i++)
        {
            int count = counts[i / sample.Width];
            means[i] = count == 0 ? means[i] : (float)(sums[i] / count);
        }
        return new Rows(means, sample.Width);
    }
}
