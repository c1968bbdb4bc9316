namespace Toolchain.Evaluate.Metrics;

/// <summary>Counts of images by cluster and class: what every clustering metric is computed from.</summary>
public sealed class Contingency
{
    readonly long[,] counts;
    readonly long[] clusterSizes, classSizes;

    /// <summary>Counts pairs of labels.</summary>
    /// <param name="clusters">Predicted cluster of each image, each in [0..clusterCount).</param>
    /// <param name="labels">True class of each image, each in [0..classCount).</param>
    /// <param name="clusterCount">Number of clusters (K), empty ones included.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <exception cref="ArgumentException">The lengths differ, there is no image, or a label is out of range.</exception>
    public Contingency(ReadOnlySpan<int> clusters, ReadOnlySpan<int> labels, int clusterCount, int classCount)
    {
        if (clusters.Length != labels.Length || clusters.Length == 0)
        {
            throw new ArgumentException($"'{nameof(clusters)}' and '{nameof(labels)}' must have the same length of at least 1, were "
                + $"{clusters.Length} and {labels.Length}.");
        }
        counts = new long[clusterCount, classCount];
        (clusterSizes, classSizes) = (new long[clusterCount], new long[classCount]);
        for (int i = 0; i < clusters.Length; i++)
        {
            if ((uint)clusters[i] >= (uint)clusterCount || (uint)labels[i] >= (uint)classCount)
            {
                throw new ArgumentException($"Image {i} has cluster {clusters[i]} and class {labels[i]}; expected [0..{clusterCount}) and "
                    + $"[0..{classCount}).");
            }
            counts[clusters[i], labels[i]]++;
            clusterSizes[clusters[i]]++;
            classSizes[labels[i]]++;
        }
        Total = clusters.Length;
    }

    /// <summary>Number of images.</summary>
    public long Total { get; }

    /// <summary>Number of clusters (rows).</summary>
    public int ClusterCount => counts.GetLength(0);

    /// <summary>Number of classes (columns).</summary>
    public int ClassCount => counts.GetLength(1);

    /// <summary>Images of cluster <paramref name="cluster"/> of class <paramref name="label"/>.</summary>
    public long this[int cluster, int label] => counts[cluster, label];

    /// <summary>Images in a cluster.</summary>
    public long ClusterSize(int cluster) => clusterSizes[cluster];

    /// <summary>Images of a class.</summary>
    public long ClassSize(int label) => classSizes[label];
}
