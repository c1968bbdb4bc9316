namespace Toolchain.Clustering;

/// <summary>
/// Sums of the rows of each cluster in float64, kept up to date by the rows that changed cluster. Threads share the columns out among them, so
/// that every sum takes its rows in order.
/// </summary>
sealed class ClusterSums<TRows>(TRows rows, int count, int threads) where TRows : struct, IRows
{
    const int Slice = 64;

    readonly int[] labels = NoLabels(rows.Count);

    /// <summary>Sums [K,D].</summary>
    public double[] Values { get; } = new double[count * rows.Width];

    /// <summary>Rows of each cluster, [K].</summary>
    public int[] Sizes { get; } = new int[count];

    /// <summary>Goes over to new labels.</summary>
    public void Update(int[] next)
    {
        var changed = new List<int>();
        for (int row = 0; row < next.Length; row++)
        {
            if (next[row] != labels[row])
            {
                changed.Add(row);
                Sizes[next[row]]++;
                if (labels[row] >= 0)
                {
                    Sizes[labels[row]]--;
                }
            }
        }
        int width = rows.Width, slices = (width + Slice - 1) / Slice;
        Chunks.ForParts(width, slices, threads, (_, first, end) =>
        {
            Span<float> values = stackalloc float[end - first];
            foreach (int row in changed)
            {
                rows.Read(row, first, values);
                Kernels.Add(values, Values.AsSpan(next[row] * width + first, values.Length));
                if (labels[row] >= 0)
                {
                    Kernels.Subtract(values, Values.AsSpan(labels[row] * width + first, values.Length));
                }
            }
        });
        next.CopyTo(labels, 0);
    }

    static int[] NoLabels(int count)
    {
        var labels = new int[count];
        Array.Fill(labels, -1);
        return labels;
    }
}
