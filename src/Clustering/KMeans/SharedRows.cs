using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>The rows of one rank, with what a fit must know of the rows of all.</summary>
sealed class SharedRows<TRows> where TRows : struct, IRows
{
    /// <param name="rows">This rank's rows.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public SharedRows(TRows rows, IRanks ranks, int threads)
    {
        (Rows, Ranks, Threads) = (rows, ranks, threads);
        Norms = new float[rows.Count];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            Span<float> values = new float[rows.Width];
            for (int row = first; row < end; row++)
            {
                if (rows.HasBytes)
                {
                    Norms[row] = (float)ByteProducts.Square(rows.Bytes(row, out _));
                    continue;
                }
                rows.Read(row, 0, values);
                Norms[row] = VectorKernels.Dot(values, values);
            }
        });
        double largest = ranks.Combine("the longest row", () => [Norms.AsEnumerable().DefaultIfEmpty().Max()], Totals.Largest)[0];
        Longest = Math.Sqrt(largest);
        var grid = new ExactGrid(largest, ranks.RowCount);
        MeanSquare = ranks.Sum("squared lengths", () => [Norms.Sum(norm => grid.Round(norm))])[0] / ranks.RowCount;
    }

    public TRows Rows { get; }

    public IRanks Ranks { get; }

    public int Threads { get; }

    /// <summary>Squared lengths of this rank's rows, [N].</summary>
    public float[] Norms { get; }

    /// <summary>Length of the longest row of all ranks.</summary>
    public double Longest { get; }

    /// <summary>Mean squared length of the rows of all ranks.</summary>
    public double MeanSquare { get; }

    /// <summary>Whether sums of the rows of all ranks are of whole numbers, of which none is lost in 31 bits.</summary>
    public bool AreExact => Rows.HasBytes && Ranks.RowCount <= int.MaxValue / byte.MaxValue;

    /// <summary>The squared length of numbers that a row had, of the bits of <see cref="Norms"/>.</summary>
    public float Norm(ReadOnlySpan<float> values)
    {
        if (!Rows.HasBytes)
        {
            return VectorKernels.Dot(values, values);
        }
        double square = 0; // of whole numbers: exact
        foreach (float value in values)
        {
            square += (double)value * value;
        }
        return (float)square;
    }
}
