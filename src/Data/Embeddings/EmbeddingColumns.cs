namespace Toolchain.Data.Embeddings;

/// <summary>The columns of a table of embeddings beside the name, which it always has.</summary>
/// <param name="Dimension">Numbers per embedding (D); 0 for none.</param>
/// <param name="HasLabels">Whether classes are known.</param>
/// <param name="HasClusters">Whether there is a cluster for each image.</param>
/// <param name="ClusterCount">Probabilities per image (K); 0 for none.</param>
/// <param name="HasNovelty">Whether there is a novelty score for each image.</param>
public sealed record EmbeddingColumns(int Dimension, bool HasLabels, bool HasClusters, int ClusterCount, bool HasNovelty = false)
{
    /// <summary>Whether labels may be above 255, and so are int64 in .npy and Arrow files rather than uint8.</summary>
    public bool HasWideLabels { get; init; }

    /// <summary>The digit of each cluster, -1 for none, which is written beside the cluster; null where clusters have no digits.</summary>
    public IReadOnlyList<int>? ClusterDigits { get; init; }

    /// <summary>Whether there is a digit for each image: that of its cluster.</summary>
    public bool HasDigits => HasClusters && ClusterDigits is not null;

    /// <summary>Labels as eight bytes each.</summary>
    internal static long[] Wide(ReadOnlySpan<int> labels)
    {
        long[] wide = new long[labels.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = labels[i];
        }
        return wide;
    }

    /// <summary>Labels as a byte each.</summary>
    internal static byte[] Narrow(ReadOnlySpan<int> labels)
    {
        byte[] narrow = new byte[labels.Length];
        for (int i = 0; i < narrow.Length; i++)
        {
            narrow[i] = (byte)labels[i];
        }
        return narrow;
    }

    /// <summary>The digits of clusters; -1 for a cluster that has none.</summary>
    internal long[] DigitsOf(ReadOnlySpan<long> clusters)
    {
        long[] digits = new long[clusters.Length];
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = clusters[i] >= 0 && clusters[i] < ClusterDigits!.Count ? ClusterDigits[(int)clusters[i]] : -1;
        }
        return digits;
    }
}
