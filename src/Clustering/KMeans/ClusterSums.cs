namespace Toolchain.Clustering;

/// <summary>
/// Sums of the rows of each cluster in float64, kept up to date by the rows that changed cluster. Threads share the columns out among them, so
/// that every sum takes its rows in order.
/// </summary>
sealed class ClusterSums<TRows>(TRows rows, int count, int threads) where TRows : struct, IRows
{
    // Narrower shares of a row would wait for the memory at each of them.
    const int LeastColumns = 192;

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
        int width = rows.Width;
        Chunks.ForParts(width, Math.Clamp(width / LeastColumns, 1, Chunks.Threads(threads)), threads, (_, first, end) =>
        {
            Span<float> values = new float[end - first];
            foreach (int row in changed)
            {
                rows.Read(row, first, values);
                Span<double> winner = Values.AsSpan(next[row] * width + first, values.Length);
                if (labels[row] < 0)
                {
                    Kernels.Add(values, winner);
                }
                else
                {
                    Kernels.Move(values, Values.AsSpan(labels[row] * width + first, values.Length), winner);
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
