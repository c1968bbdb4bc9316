namespace Toolchain.Evaluate.Metrics;

/// <summary>
/// Mutual information corrected for chance (Vinh, Epps and Bailey, "Information theoretic measures for clusterings comparison", 2010,
/// equation 24a), with the arithmetic mean of the entropies as its bound.
/// </summary>
static class AdjustedMutualInformation
{
    const double RoundingUnit = 2.220446049250313e-16;

    public static double Of(Contingency counts, double mutualInformation, double meanEntropy)
    {
        double expected = Expected(counts), spread = meanEntropy - expected;
        // Where no labeling can do better than chance, the quotient has no meaning; its sign is kept, as scikit-learn does.
        double divisor = spread < 0 ? Math.Min(spread, -RoundingUnit) : Math.Max(spread, RoundingUnit);
        return (mutualInformation - expected) / divisor;
    }

    // Mean of the mutual information over all labelings with the same sizes: each count is hypergeometric.
    static double Expected(Contingency counts)
    {
        long total = counts.Total;
        double[] logFactorial = LogFactorials(total);
        long[] clusters = [.. Enumerable.Range(0, counts.ClusterCount).Select(counts.ClusterSize)],
            labels = [.. Enumerable.Range(0, counts.ClassCount).Select(counts.ClassSize)];
        double sum = 0;
        foreach (long a in clusters.Where(size => size > 0))
        {
            foreach (long b in labels.Where(size => size > 0))
            {
                double fixedPart = logFactorial[a] + logFactorial[b] + logFactorial[total - a]
                    + logFactorial[total - b] - logFactorial[total];
                for (long both = Math.Max(1, a + b - total); both <= Math.Min(a, b); both++)
                {
                    double probability = Math.Exp(fixedPart - logFactorial[both] - logFactorial[a - both] - logFactorial[b - both]
                        - logFactorial[total - a - b + both]);
                    sum += (double)both / total * (Math.Log((double)total * both) - Math.Log((double)a * b)) * probability;
                }
            }
        }
        return sum;
    }

    // log n! for n = 0..count, added with compensation (Kahan 1965): the last digits matter in differences.
    static double[] LogFactorials(long count)
    {
        var values = new double[count + 1];
        double lost = 0;
        for (long n = 2; n <= count; n++)
        {
            double term = Math.Log(n) - lost;
            values[n] = values[n - 1] + term;
            lost = values[n] - values[n - 1] - term;
        }
        return values;
    }
}
