namespace Toolchain.Evaluate.Metrics;

/// <summary>Names clusters by classes. Both ways use labels, and everything that is computed through them says so.</summary>
public static class ClusterMap
{
    /// <summary>The one-to-one map under which most images are right; clusters beyond the number of classes stay -1.</summary>
    public static int[] OneToOne(Contingency counts)
    {
        var gain = new double[counts.ClusterCount, counts.ClassCount];
        for (int cluster = 0; cluster < counts.ClusterCount; cluster++)
        {
            for (int label = 0; label < counts.ClassCount; label++)
            {
                gain[cluster, label] = counts[cluster, label];
            }
        }
        return Hungarian.Maximize(gain);
    }

    /// <summary>The commonest class of each cluster; the lower one where two are equally common, 0 for an empty cluster.</summary>
    public static int[] MajorityVote(Contingency counts) =>
        [.. Enumerable.Range(0, counts.ClusterCount)
            .Select(cluster => Enumerable.Range(0, counts.ClassCount).MaxBy(label => counts[cluster, label]))];

    /// <summary>The class of each image under <paramref name="map"/>; -1 where its cluster has none.</summary>
    public static int[] Apply(int[] map, ReadOnlySpan<int> clusters)
    {
        var labels = new int[clusters.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = map[clusters[i]];
        }
        return labels;
    }
}
