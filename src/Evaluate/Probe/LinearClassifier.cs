using Toolchain.Clustering;

namespace Toolchain.Evaluate.Probe;

/// <summary>A linear classifier of embeddings: the class of the largest of weight x + bias.</summary>
/// <param name="Weight">[K,D], for embeddings as they are: the standardisation of the training is folded in.</param>
/// <param name="Bias">[K].</param>
public sealed record LinearClassifier(double[,] Weight, double[] Bias)
{
    /// <summary>The class of each row [N,D].</summary>
    /// <exception cref="ArgumentException">The rows have another width.</exception>
    public int[] Assign(Rows rows)
    {
        if (rows.Width != Weight.GetLength(1))
        {
            throw new ArgumentException($"The rows must have width {Weight.GetLength(1)}, had {rows.Width}.", nameof(rows));
        }
        return [.. Enumerable.Range(0, rows.Count).Select(row => Assign(rows[row]))];
    }

    int Assign(ReadOnlySpan<float> row)
    {
        int best = 0;
        double most = double.NegativeInfinity;
        for (int label = 0; label < Bias.Length; label++)
        {
            double logit = Bias[label];
            for (int column = 0; column < row.Length; column++)
            {
                logit += Weight[label, column] * row[column];
            }
            (best, most) = logit > most ? (label, logit) : (best, most);
        }
        return best;
    }
}
