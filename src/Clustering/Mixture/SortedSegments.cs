namespace Toolchain.Clustering.Mixture;

/// <summary>
/// Rows in parts, in each of which the rows of one component lie together. Of many parts only one is in memory, a copy; few stay there.
/// </summary>
sealed class SortedSegments
{
    // Rows that stay in memory.
    const int MostKept = 1 << 18;

    readonly Rows rows;
    readonly int threads;
    readonly int[] order, labels;
    readonly (Rows Rows, Expectation Expectation)?[] kept;

    /// <param name="rows">The rows [N,D].</param>
    /// <param name="labels">A component of each row, [N], that the rows are sorted by.</param>
    /// <param name="count">K.</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public SortedSegments(Rows rows, int[] labels, int count, int threads)
    {
        (this.rows, this.threads) = (rows, threads);
        order = new int[labels.Length];
        for (int first = 0; first < labels.Length; first += IRanks.PartRows)
        {
            Sort(labels, count, first, Math.Min(labels.Length, first + IRanks.PartRows));
        }
        this.labels = Array.ConvertAll(order, row => labels[row]);
        kept = new (Rows, Expectation)?[labels.Length <= MostKept ? (labels.Length + IRanks.PartRows - 1) / IRanks.PartRows : 0];
    }

    /// <summary>N.</summary>
    public int RowCount => order.Length;

    /// <summary>Runs <paramref name="work"/> on the part [first..end); the labels that it leaves are there the next time.</summary>
    public void Run(int first, int end, Action<Rows, Expectation> work)
    {
        int part = first / IRanks.PartRows;
        (Rows segment, Expectation expectation) = part < kept.Length ? kept[part] ??= Load(first, end - first) : Load(first, end - first);
        work(segment, expectation);
        expectation.Labels.CopyTo(labels.AsSpan(first));
    }

    (Rows, Expectation) Load(int first, int length)
    {
        Rows segment = rows.Take(order[first..(first + length)]);
        var expectation = new Expectation(segment, threads);
        labels.AsSpan(first, length).CopyTo(expectation.Labels);
        return (segment, expectation);
    }

    // Rows of component 0, then of 1, and so on.
    void Sort(int[] by, int count, int first, int end)
    {
        var next = new int[count + 1];
        next[0] = first;
        for (int row = first; row < end; row++)
        {
            next[by[row] + 1]++;
        }
        for (int k = 0; k < count; k++)
        {
            next[k + 1] += next[k];
        }
        for (int row = first; row < end; row++)
        {
            order[next[by[row]]++] = row;
        }
    }
}
