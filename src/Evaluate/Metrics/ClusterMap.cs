namespace Toolchain.Evaluate.Metrics;

/// <summary>Names clusters by digits. Both ways use labels, and everything that is computed through them says so.</summary>
public static class ClusterMap
{
    /// <summary>The one-to-one map under which most images are right; clusters beyond the number of digits stay -1.</summary>
    public static int[] OneToOne(Contingency counts)
    {
        var gain = new double[counts.ClusterCount, counts.DigitCount];
        for (int cluster = 0; cluster < counts.ClusterCount; cluster++)
        {
            for (int digit = 0; digit < counts.DigitCount; digit++)
            {
                gain[cluster, digit] = counts[cluster, digit];
            }
        }
        return Hungarian.Maximize(gain);
    }

    /// <summary>The commonest digit of each cluster; the lower digit where two are equally common, 0 for an empty cluster.</summary>
    public static int[] MajorityVote(Contingency counts) =>
        [.. Enumerable.Range(0, counts.ClusterCount)
        .Select(cluster => Enumerable.Range(0, counts.DigitCount).MaxBy(digit => counts[cluster, digit]))];

    /// <summary>The digit of each image under <paramref name="map"/>; -1 where its cluster has none.</summary>
    public static int[] Apply(int[] map, ReadOnlySpan<int> clusters)
    {
        var digits = new int[clusters.Length];
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = map[clusters[i]];
        }
        return digits;
    }
}
