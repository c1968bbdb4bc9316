namespace Toolchain.Inference;

/// <summary>The outputs of a model for N images.</summary>
public sealed class Embeddings
{
    internal Embeddings(int count, int dimension, int clusterCount, bool hasClusters)
    {
        (Count, Dimension, ClusterCount) = (count, dimension, clusterCount);
        Values = new float[(long)count * dimension];
        Probabilities = new float[(long)count * clusterCount];
        Clusters = hasClusters ? new long[count] : null;
    }

    /// <summary>Number of images (N).</summary>
    public int Count { get; }

    /// <summary>Numbers per embedding (D); 0 where the model gives none.</summary>
    public int Dimension { get; }

    /// <summary>Number of clusters (K); 0 where the model gives no probability.</summary>
    public int ClusterCount { get; }

    /// <summary>Embeddings [N,D], row-major.</summary>
    public float[] Values { get; }

    /// <summary>Probabilities [N,K], row-major.</summary>
    public float[] Probabilities { get; }

    /// <summary>Cluster of each image, [N], or null.</summary>
    public long[]? Clusters { get; }
}
