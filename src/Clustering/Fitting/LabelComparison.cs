namespace Toolchain.Clustering.Fitting;

/// <summary>
/// Compares the clusters that a model names with those that are expected. Where two clusters are nearly as probable, rounding may settle
/// the choice either way: such a difference is a tie.
/// </summary>
/// <param name="Ties">Differences that are ties.</param>
/// <param name="Wrong">Index of the first difference that is none; -1 where there is none.</param>
/// <param name="Margin">Its difference of probabilities, in [0..1]; 0 where there is none.</param>
public readonly record struct LabelComparison(int Ties, int Wrong, double Margin)
{
    /// <summary>Difference of probabilities up to which two clusters are tied.</summary>
    public const double TieMargin = 1e-4;

    /// <summary>Compares clusters.</summary>
    /// <param name="found">The model's clusters, [N], each in [0..K).</param>
    /// <param name="probabilities">Its probabilities, [N,K], row-major.</param>
    /// <param name="expected">The clusters expected, [N], each in [0..K).</param>
    /// <exception cref="ArgumentException">The lengths disagree.</exception>
    public static LabelComparison Of(ReadOnlySpan<long> found, ReadOnlySpan<double> probabilities, ReadOnlySpan<int> expected)
    {
        if (found.Length != expected.Length || probabilities.Length % Math.Max(1, found.Length) != 0)
        {
            throw new ArgumentException($"'{nameof(expected)}' must have {found.Length} clusters and '{nameof(probabilities)}' as many "
                + $"rows, had {expected.Length} and {probabilities.Length} numbers.");
        }
        int ties = 0, k = probabilities.Length / Math.Max(1, found.Length);
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i] != expected[i])
            {
                double margin = Math.Abs(probabilities[i * k + expected[i]] - probabilities[i * k + (int)found[i]]);
                if (margin > TieMargin)
                {
                    return new(ties, i, margin);
                }
                ties++;
            }
        }
        return new(ties, -1, 0);
    }
}
