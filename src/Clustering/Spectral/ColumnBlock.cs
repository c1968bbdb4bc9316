namespace Toolchain.Clustering.Spectral;

/// <summary>Some columns of a matrix [N,width] that lie side by side.</summary>
/// <param name="matrix">The matrix.</param>
/// <param name="width">Its columns.</param>
/// <param name="first">The first of these.</param>
/// <param name="count">How many these are.</param>
readonly struct ColumnBlock(double[] matrix, int width, int first, int count)
{
    /// <summary>All columns in blocks.</summary>
    /// <param name="matrix">[N,width].</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="size">Columns of a block; the last has fewer.</param>
    public static IEnumerable<ColumnBlock> Of(double[] matrix, int width, int size)
    {
        for (int first = 0; first < width; first += size)
        {
            yield return new ColumnBlock(matrix, width, first, Math.Min(size, width - first));
        }
    }

    /// <summary>Copies them into a matrix of at least as many columns, the others of which become 0.</summary>
    /// <param name="copy">[N,size].</param>
    /// <param name="size">Its columns.</param>
    public void Read(double[] copy, int size)
    {
        for (int from = first, to = 0; to < copy.Length; from += width, to += size)
        {
            matrix.AsSpan(from, count).CopyTo(copy.AsSpan(to));
            copy.AsSpan(to + count, size - count).Clear();
        }
    }

    /// <summary>Sets these columns, or those at the same place of another matrix of this width.</summary>
    /// <param name="values">[M,size].</param>
    /// <param name="size">Its columns; the first of them are taken.</param>
    /// <param name="other">[M,width]; null for this matrix.</param>
    public void Write(double[] values, int size, double[]? other = null)
    {
        for (int to = first, from = 0; from < values.Length; to += width, from += size)
        {
            values.AsSpan(from, count).CopyTo((other ?? matrix).AsSpan(to));
        }
    }
}
