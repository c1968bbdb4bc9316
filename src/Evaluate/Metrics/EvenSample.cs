namespace Toolchain.Evaluate.Metrics;

/// <summary>Rows that stand for all.</summary>
public static class EvenSample
{
    /// <summary>At most <paramref name="most"/> of <paramref name="count"/> indices, evenly spaced from 0 on.</summary>
    /// <param name="count">Number of rows, at least 0.</param>
    /// <param name="most">Indices to take, at least 0.</param>
    public static int[] Of(int count, int most)
    {
        int taken = Math.Min(count, most);
        return [.. Enumerable.Range(0, taken).Select(i => (int)((long)i * count / taken))];
    }
}
