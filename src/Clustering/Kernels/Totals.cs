namespace Toolchain.Clustering.Kernels;

/// <summary>What <see cref="IRanks.Combine"/> makes of the statistics of ranks.</summary>
static class Totals
{
    /// <summary>Sums, of numbers whose sums are exact.</summary>
    public static double[] Add(IReadOnlyList<double[]> ranks)
    {
        double[] total = ranks[0];
        foreach (double[] other in ranks.Skip(1))
        {
            VectorKernels.AddScaled(total, other, 1);
        }
        return total;
    }

    /// <summary>All numbers, one rank's after the other's.</summary>
    public static double[] Concatenate(IReadOnlyList<double[]> ranks) => ranks.Count == 1 ? ranks[0] : [.. ranks.SelectMany(own => own)];

    /// <summary>The largest of one number each.</summary>
    public static double[] Largest(IReadOnlyList<double[]> ranks) => [ranks.Max(own => own[0])];
}
