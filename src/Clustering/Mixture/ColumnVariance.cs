namespace Toolchain.Clustering.Mixture;

/// <summary>Variances of columns.</summary>
static class ColumnVariance
{
    /// <summary>The mean of the variances of all columns of rows [N,D], each about its own mean; at least 0.</summary>
    public static double MeanOf(Rows rows)
    {
        var means = new double[rows.Width];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int i = 0; i < means.Length; i++)
            {
                means[i] += rows[row][i] / (double)rows.Count;
            }
        }
        double sum = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            for (int i = 0; i < means.Length; i++)
            {
                sum += (rows[row][i] - means[i]) * (rows[row][i] - means[i]);
            }
        }
        return sum / ((double)rows.Count * rows.Width);
    }
}
