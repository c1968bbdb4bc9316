namespace Toolchain.Clustering.Mixture;

/// <summary>Variances of columns.</summary>
static class ColumnVariance
{
    /// <summary>The mean of the variances of all columns of the rows [N,D] of all ranks, each about its own mean; at least 0.</summary>
    public static double MeanOf(Rows rows, IRanks ranks)
    {
        double count = ranks.RowCount;
        double[] means = ranks.SumParts("means of columns", rows.Count, rows.Width, (first, end, sums) =>
        {
            for (int row = first; row < end; row++)
            {
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] += rows[row][i] / count;
                }
            }
        });
        double squares = ranks.SumParts("variances of columns", rows.Count, 1, (first, end, sums) =>
        {
            for (int row = first; row < end; row++)
            {
                for (int i = 0; i < means.Length; i++)
                {
                    sums[0] += (rows[row][i] - means[i]) * (rows[row][i] - means[i]);
                }
            }
        })[0];
        return squares / (count * rows.Width);
    }
}
