using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Sums of the rows of each cluster in float64, kept up to date by the rows that changed cluster. Numbers are rounded so that no sum is:
/// the sums depend on the clusters alone. Threads share the columns out among them, of bytes the rows.
/// </summary>
/// <param name="shared">The rows.</param>
/// <param name="count">Number of clusters (K).</param>
sealed class ClusterSums<TRows>(SharedRows<TRows> shared, int count) where TRows : struct, IRows
{
    // With fewer columns to a thread, each row costs it a cache miss of its own.
    const int LeastColumns = 192;

    // Fewer rows are not worth a table of sums of their own.
    const int LeastRows = 256;

    // Rows that are prefetched while one is added.
    const int Ahead = 4;

    readonly TRows rows = shared.Rows;
    readonly int threads = shared.Threads;
    readonly double shifter = new ExactGrid(shared.Longest, shared.Ranks.RowCount).Shifter;
    readonly int[] labels = NoLabels(shared.Rows.Count);

    /// <summary>Sums [K,D].</summary>
    public double[] Values { get; } = new double[count * shared.Rows.Width];

    /// <summary>Rows of each cluster, [K].</summary>
    public int[] Sizes { get; } = new int[count];

    /// <summary>Sizes [K], then sums [K,D].</summary>
    public double[] ToArray() => [.. Array.ConvertAll(Sizes, size => (double)size), .. Values];

    /// <summary>Sum of the squares of all rows, which are whole numbers.</summary>
    public double Squares()
    {
        var squares = new double[Chunks.Count(rows.Count)];
        Chunks.ForEach(rows.Count, threads, (chunk, first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                squares[chunk] += ByteProducts.Square(rows.Bytes(row, out _));
            }
        });
        return squares.Sum();
    }

    /// <summary>Moves each row whose label changed from the sum of its old cluster to that of its new one.</summary>
    /// <param name="next">The new labels, [N].</param>
    public void Update(int[] next)
    {
        var changed = new List<int>();
        for (int row = 0; (row += next.AsSpan(row).CommonPrefixLength(labels.AsSpan(row))) < next.Length; row++)
        {
            changed.Add(row);
            Sizes[next[row]]++;
            if (labels[row] >= 0)
            {
                Sizes[labels[row]]--;
            }
        }
        if (shared.AreExact)
        {
            MoveBytes(changed, next);
        }
        else
        {
            Move(changed, next);
        }
        next.CopyTo(labels, 0);
    }

    void Move(List<int> changed, int[] next)
    {
        int width = rows.Width;
        Chunks.ForParts(width, Math.Clamp(width / LeastColumns, 1, Chunks.Threads(threads)), threads, (_, first, end) =>
        {
            Span<float> values = new float[end - first];
            foreach (int row in changed)
            {
                rows.Read(row, first, values);
                Span<double> to = Values.AsSpan(next[row] * width + first, values.Length);
                if (labels[row] < 0)
                {
                    VectorKernels.Add(values, to, shifter);
                }
                else
                {
                    VectorKernels.Move(values, Values.AsSpan(labels[row] * width + first, values.Length), to, shifter);
                }
            }
        });
    }

    // Whole numbers add up to the same in any order: each thread has rows of its own. Those of no cluster leave one that nobody reads.
    void MoveBytes(List<int> changed, int[] next)
    {
        int width = rows.Width, parts = Math.Clamp(changed.Count / LeastRows, 1, Chunks.Threads(threads));
        var moved = new int[parts][];
        Chunks.ForParts(changed.Count, parts, threads, (part, first, end) =>
        {
            Span<int> sums = moved[part] = new int[(count + 1) * width];
            for (int i = first; i < end; i++)
            {
                rows.Prefetch(changed[Math.Min(i + Ahead, end - 1)]);
                int row = changed[i], from = labels[row] < 0 ? count : labels[row];
                ReadOnlySpan<byte> bytes = rows.Bytes(row, out int column);
                VectorKernels.Move(bytes, sums.Slice(from * width + column, bytes.Length),
                    sums.Slice(next[row] * width + column, bytes.Length));
            }
        });
        foreach (int[] sums in moved)
        {
            for (int i = 0; i < Values.Length; i++)
            {
                Values[i] += sums[i];
            }
        }
    }

    static int[] NoLabels(int count)
    {
        var labels = new int[count];
        Array.Fill(labels, -1);
        return labels;
    }
}
