namespace Toolchain.Evaluate.Metrics;

/// <summary>Agreement of clusters with classes. Every function is pure; natural logarithms throughout.</summary>
public static class ClusteringMetrics
{
    /// <summary>Share of images whose mapped class is the true one, in [0..1].</summary>
    public static double Accuracy(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels)
    {
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            right += predicted[i] == labels[i] ? 1 : 0;
        }
        return (double)right / labels.Length;
    }

    /// <summary>Share of images that show the commonest class of their cluster, in [0..1]. It rises with the number of clusters.</summary>
    public static double Purity(Contingency counts) => Enumerable.Range(0, counts.ClusterCount)
        .Sum(cluster => Enumerable.Range(0, counts.ClassCount).Max(label => counts[cluster, label])) / (double)counts.Total;

    /// <summary>
    /// Normalised mutual information, I(clusters; classes) / mean of their entropies, in [0..1] (Vinh, Epps and Bailey 2010, arithmetic
    /// mean); the same as the V-measure, the harmonic mean of homogeneity and completeness. 1 when both have one class.
    /// </summary>
    public static double NormalizedMutualInformation(Contingency counts)
    {
        double mean = (ClusterEntropy(counts) + ClassEntropy(counts)) / 2;
        return mean == 0 ? 1 : Math.Clamp(MutualInformation(counts) / mean, 0, 1);
    }

    /// <summary>
    /// Mutual information corrected for chance, in [-1..1], 0 for random labels (Vinh, Epps and Bailey 2010, arithmetic mean). 1 when both
    /// have one class.
    /// </summary>
    public static double AdjustedMutualInformation(Contingency counts)
    {
        double mean = (ClusterEntropy(counts) + ClassEntropy(counts)) / 2;
        return mean == 0 ? 1 : Metrics.AdjustedMutualInformation.Of(counts, MutualInformation(counts), mean);
    }

    /// <summary>
    /// How far each cluster holds images of one class: 1 - H(classes | clusters) / H(classes), in [0..1] (Rosenberg and Hirschberg 2007).
    /// </summary>
    public static double Homogeneity(Contingency counts)
    {
        double entropy = ClassEntropy(counts);
        return entropy == 0 ? 1 : MutualInformation(counts) / entropy;
    }

    /// <summary>
    /// How far each class lies in one cluster: 1 - H(clusters | classes) / H(clusters), in [0..1] (Rosenberg and Hirschberg 2007).
    /// </summary>
    public static double Completeness(Contingency counts)
    {
        double entropy = ClusterEntropy(counts);
        return entropy == 0 ? 1 : MutualInformation(counts) / entropy;
    }

    /// <summary>
    /// Adjusted Rand index: pairs that both labelings put together or apart, corrected for chance, in [-.5..1] (Hubert and Arabie 1985).
    /// </summary>
    public static double AdjustedRandIndex(Contingency counts)
    {
        double together = 0;
        for (int cluster = 0; cluster < counts.ClusterCount; cluster++)
        {
            for (int label = 0; label < counts.ClassCount; label++)
            {
                together += Pairs(counts[cluster, label]);
            }
        }
        double clusters = Enumerable.Range(0, counts.ClusterCount).Sum(cluster => Pairs(counts.ClusterSize(cluster)));
        double labels = Enumerable.Range(0, counts.ClassCount).Sum(label => Pairs(counts.ClassSize(label)));
        double expected = clusters * labels / Math.Max(1, Pairs(counts.Total)), most = (clusters + labels) / 2;
        return most == expected ? 1 : (together - expected) / (most - expected);
    }

    static double Pairs(long count) => count * (count - 1.0) / 2;

    static double ClusterEntropy(Contingency counts) =>
        Entropy(Enumerable.Range(0, counts.ClusterCount).Select(counts.ClusterSize), counts.Total);

    static double ClassEntropy(Contingency counts) =>
        Entropy(Enumerable.Range(0, counts.ClassCount).Select(counts.ClassSize), counts.Total);

    static double MutualInformation(Contingency counts)
    {
        double sum = 0;
        for (int cluster = 0; cluster < counts.ClusterCount; cluster++)
        {
            double size = counts.ClusterSize(cluster);
            for (int label = 0; label < counts.ClassCount; label++)
            {
                double both = counts[cluster, label];
                sum += both == 0 ? 0 : both / counts.Total * Math.Log(both * counts.Total / (size * counts.ClassSize(label)));
            }
        }
        return Math.Max(0, sum);
    }

    static double Entropy(IEnumerable<long> sizes, long total) =>
        -sizes.Where(size => size > 0).Sum(size => (double)size / total * Math.Log((double)size / total));
}
