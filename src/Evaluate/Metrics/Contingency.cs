namespace Toolchain.Evaluate.Metrics;

/// <summary>Counts of images by cluster and digit: what every clustering metric is computed from.</summary>
public sealed class Contingency
{
    readonly long[,] counts;

    /// <summary>Counts pairs of labels.</summary>
    /// <param name="clusters">Predicted cluster of each image, each in [0..clusterCount).</param>
    /// <param name="digits">True digit of each image, each in [0..digitCount).</param>
    /// <param name="clusterCount">Number of clusters (K), empty ones included.</param>
    /// <param name="digitCount">Number of digits.</param>
    /// <exception cref="ArgumentException">The lengths differ, there is no image, or a label is out of range.</exception>
    public Contingency(ReadOnlySpan<int> clusters, ReadOnlySpan<int> digits, int clusterCount, int digitCount = 10)
    {
        if (clusters.Length != digits.Length || clusters.Length == 0)
        {
            throw new ArgumentException($"'{nameof(clusters)}' and '{nameof(digits)}' must have the same length of at least 1, were "
                + $"{clusters.Length} and {digits.Length}.");
        }
        counts = new long[clusterCount, digitCount];
        for (int i = 0; i < clusters.Length; i++)
        {
            if ((uint)clusters[i] >= (uint)clusterCount || (uint)digits[i] >= (uint)digitCount)
            {
                throw new ArgumentException($"Image {i} has cluster {clusters[i]} and digit {digits[i]}; expected [0..{clusterCount}) and "
                    + $"[0..{digitCount}).");
            }
            counts[clusters[i], digits[i]]++;
        }
        Total = clusters.Length;
    }

    /// <summary>Number of images.</summary>
    public long Total { get; }

    /// <summary>Number of clusters (rows).</summary>
    public int ClusterCount => counts.GetLength(0);

    /// <summary>Number of digits (columns).</summary>
    public int DigitCount => counts.GetLength(1);

    /// <summary>Images of cluster <paramref name="cluster"/> that show <paramref name="digit"/>.</summary>
    public long this[int cluster, int digit] => counts[cluster, digit];

    /// <summary>Images in a cluster.</summary>
    public long ClusterSize(int cluster) => Enumerable.Range(0, DigitCount).Sum(digit => counts[cluster, digit]);

    /// <summary>Images of a digit.</summary>
    public long DigitSize(int digit) => Enumerable.Range(0, ClusterCount).Sum(cluster => counts[cluster, digit]);
}
