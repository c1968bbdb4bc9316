using Toolchain.Clustering;

namespace Toolchain.Evaluate.Probe;

/// <summary>A linear classifier of embeddings: the digit of the largest of weight x + bias.</summary>
/// <param name="Weight">[10,D], for embeddings as they are: the standardisation of the training is folded in.</param>
/// <param name="Bias">[10].</param>
public sealed record LinearClassifier(double[,] Weight, double[] Bias)
{
    /// <summary>The digit of each row [N,D].</summary>
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
        for (int digit = 0; digit < Bias.Length; digit++)
        {
            double logit = Bias[digit];
            for (int column = 0; column < row.Length; column++)
            {
                logit += Weight[digit, column] * row[column];
            }
            (best, most) = logit > most ? (digit, logit) : (best, most);
        }
        return best;
    }
}
