using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>Rows by eights, each eight turned to [D,8] float64: once where rows are narrow, otherwise when they are asked for.</summary>
sealed class Eights
{
    // Three columns more may be read.
    const int Margin = 3 * Lanes.Count;

    readonly Rows rows;
    readonly Aligned turned;

    public Eights(Rows rows, int threads)
    {
        this.rows = rows;
        if (IsNarrow)
        {
            turned = new Aligned((PaddedCount * rows.Width) + Margin);
            Chunks.ForEach(rows.Count, threads, (_, first, end) =>
            {
                for (; first < end; first += Lanes.Count)
                {
                    Turn(first, turned.Span.Slice(first * rows.Width, Size));
                }
            });
        }
    }

    /// <summary>Whether rows are so short that the sums of their products stay in the first-level cache.</summary>
    public bool IsNarrow => rows.Width <= 40 && (long)PaddedCount * rows.Width + Margin <= Array.MaxLength / 2;

    /// <summary>Number of rows (N).</summary>
    public int RowCount => rows.Count;

    /// <summary>Numbers of an eight.</summary>
    public int Size => rows.Width * Lanes.Count;

    /// <summary>Number of rows filled up to whole eights by repeating the last one.</summary>
    public int PaddedCount => Pad(rows.Count);

    /// <summary>Fills a number of rows up to whole eights.</summary>
    public static int Pad(int rowCount) => (rowCount + Lanes.Count - 1) / Lanes.Count * Lanes.Count;

    /// <summary>The eight that begins with row <paramref name="first"/>.</summary>
    /// <param name="first">A multiple of eight.</param>
    /// <param name="scratch">May get the numbers, [D,8].</param>
    public ref double Get(int first, Aligned scratch)
    {
        if (IsNarrow)
        {
            return ref turned.Span[first * rows.Width];
        }
        Turn(first, scratch.Span);
        return ref scratch.First;
    }

    void Turn(int first, Span<double> to)
    {
        ReadOnlySpan<float> values = rows.Values.Span;
        for (int lane = 0; lane < Lanes.Count; lane++)
        {
            ReadOnlySpan<float> row = values.Slice(Math.Min(first + lane, rows.Count - 1) * rows.Width, rows.Width);
            for (int column = 0; column < row.Length; column++)
            {
                to[column * Lanes.Count + lane] = row[column];
            }
        }
    }
}
