using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// Rows in blocks of eight, each transposed to [D,8] float64: all at once where rows are narrow, otherwise a block when it is read.
/// </summary>
sealed class TransposedRows
{
    // Kept at once (256 MB), more than a segment of a fit has.
    const long MostKept = 1 << 25;

    // NarrowMoments reads columns by fours, so up to three beyond the last.
    const int Margin = 3 * LogDensityKernel.RowCount;

    readonly Rows rows;
    readonly AlignedBuffer transposed;

    public TransposedRows(Rows rows, int threads)
    {
        this.rows = rows;
        if (IsNarrow)
        {
            transposed = new AlignedBuffer((PaddedCount * rows.Width) + Margin);
            Chunks.ForEach(rows.Count, threads, (_, first, end) =>
            {
                for (; first < end; first += LogDensityKernel.RowCount)
                {
                    Transpose(first, transposed.Span.Slice(first * rows.Width, BlockLength));
                }
            });
        }
    }

    /// <summary>Whether rows are so short that the sums of their products stay in the first-level cache.</summary>
    public bool IsNarrow => rows.Width <= 40 && (long)PaddedCount * rows.Width <= MostKept;

    /// <summary>Number of rows (N).</summary>
    public int RowCount => rows.Count;

    /// <summary>Numbers of a block of eight rows, 8 D.</summary>
    public int BlockLength => rows.Width * LogDensityKernel.RowCount;

    /// <summary>Number of rows padded to whole blocks of eight by repeating the last one.</summary>
    public int PaddedCount => Pad(rows.Count);

    /// <summary>Rounds a number of rows up to whole blocks of eight.</summary>
    public static int Pad(int rowCount) =>
        (rowCount + LogDensityKernel.RowCount - 1) / LogDensityKernel.RowCount * LogDensityKernel.RowCount;

    /// <summary>The block of eight rows that begins with row <paramref name="first"/>, [D,8].</summary>
    /// <param name="first">A multiple of eight.</param>
    /// <param name="scratch">Gets the numbers where they are not kept, [D,8].</param>
    public ref double Get(int first, Span<double> scratch)
    {
        if (IsNarrow)
        {
            return ref transposed.Span[first * rows.Width];
        }
        Transpose(first, scratch);
        return ref scratch[0];
    }

    void Transpose(int first, Span<double> to)
    {
        ReadOnlySpan<float> values = rows.Values.Span;
        for (int lane = 0; lane < LogDensityKernel.RowCount; lane++)
        {
            ReadOnlySpan<float> row = values.Slice(Math.Min(first + lane, rows.Count - 1) * rows.Width, rows.Width);
            for (int column = 0; column < row.Length; column++)
            {
                to[column * LogDensityKernel.RowCount + lane] = row[column];
            }
        }
    }
}
