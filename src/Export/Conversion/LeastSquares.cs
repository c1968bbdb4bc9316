namespace Toolchain.Export.Conversion;

/// <summary>Weights of a few terms that give wanted values best, by Gram-Schmidt orthogonalisation.</summary>
static class LeastSquares
{
    // Share of a term that must be left once the terms before it are taken away: with less it is one of their sums.
    const double Dependent = 1e-9;

    /// <summary>The weights, or null where the terms depend on each other or are no fewer than the different recordings.</summary>
    /// <param name="terms">For each term its value in every recording.</param>
    /// <param name="wanted">What their weighted sum should be.</param>
    public static double[]? Solve(double[][] terms, double[] wanted)
    {
        int count = terms.Length;
        if (Enumerable.Range(0, wanted.Length).DistinctBy(i => string.Join(";", terms.Select(term => term[i]))).Count() <= count)
        {
            return null;
        }
        double[][] basis = [.. terms.Select(term => (double[])term.Clone())];
        double[] rest = [.. wanted], weights = new double[count];
        var upper = new double[count, count];
        for (int j = 0; j < count; j++)
        {
            double length = Dot(basis[j], basis[j]);
            for (int i = 0; i < j; i++)
            {
                upper[i, j] = Dot(basis[i], basis[j]) / Dot(basis[i], basis[i]);
                Subtract(basis[j], basis[i], upper[i, j]);
            }
            if (!(Dot(basis[j], basis[j]) > Dependent * Dependent * length))
            {
                return null;
            }
            weights[j] = Dot(basis[j], rest) / Dot(basis[j], basis[j]);
            Subtract(rest, basis[j], weights[j]);
        }
        for (int j = count - 1; j >= 0; j--)
        {
            for (int i = j + 1; i < count; i++)
            {
                weights[j] -= upper[j, i] * weights[i];
            }
        }
        return weights;
    }

    static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    static void Subtract(double[] from, double[] what, double factor)
    {
        for (int i = 0; i < from.Length; i++)
        {
            from[i] -= factor * what[i];
        }
    }
}
