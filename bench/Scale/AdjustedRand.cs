namespace Toolchain.Scale.Bench;

/// <summary>Adjusted Rand index of two clusterings, 1 where they are the same (Hubert and Arabie, "Comparing partitions", 1985).</summary>
static class AdjustedRand
{
    public static double Of(int[] a, int[] b)
    {
        double both = a.Zip(b).CountBy(pair => pair).Sum(cell => Pairs(cell.Value)), ofA = Sum(a), ofB = Sum(b);
        double expected = ofA * ofB / Pairs(a.Length);
        return (both - expected) / ((ofA + ofB) / 2 - expected);
    }

    static double Sum(int[] labels) => labels.CountBy(label => label).Sum(cluster => Pairs(cluster.Value));

    static double Pairs(double count) => count * (count - 1) / 2;
}
