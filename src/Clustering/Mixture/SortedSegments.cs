namespace Toolchain.Clustering.Mixture;

/// <summary>
/// Rows in segments of fixed size, in each of which the rows of one component lie together. Of several segments only one is in memory, a
/// copy; one alone stays there.
/// </summary>
sealed class SortedSegments
{
    /// <summary>Rows of a segment.</summary>
    public const int Size = 1 << 18;

    readonly Rows rows;
    readonly int threads;
    readonly int[] order, labels;
    readonly (Rows Rows, Expectation Expectation)? only;

    /// <param name="rows">The rows [N,D].</param>
    /// <param name="labels">A component of each row, [N], that the rows are sorted by.</param>
    /// <param name="count">K.</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public SortedSegments(Rows rows, int[] labels, int count, int threads)
    {
        (this.rows, this.threads) = (rows, threads);
        order = new int[labels.Length];
        for (int first = 0; first < labels.Length; first += Size)
        {
            Sort(labels, count, first, Math.Min(labels.Length, first + Size));
        }
        this.labels = Array.ConvertAll(order, row => labels[row]);
        only = labels.Length <= Size ? Load(0, labels.Length) : null;
    }

    /// <summary>N.</summary>
    public int RowCount => order.Length;

    /// <summary>D.</summary>
    public int Width => rows.Width;

    /// <summary>Runs <paramref name="work"/> on each segment in order; the labels that it leaves are there the next time.</summary>
    public void ForEach(Action<Rows, Expectation> work)
    {
        for (int first = 0; first < order.Length; first += Size)
        {
            (Rows segment, Expectation expectation) = only ?? Load(first, Math.Min(Size, order.Length - first));
            work(segment, expectation);
            expectation.Labels.CopyTo(labels.AsSpan(first));
        }
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
