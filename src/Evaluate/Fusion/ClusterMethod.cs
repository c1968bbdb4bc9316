namespace Toolchain.Evaluate.Fusion;

/// <summary>What makes the clusters.</summary>
public enum ClusterMethod
{
    /// <summary>k-means.</summary>
    KMeans,

    /// <summary>Gaussian mixture.</summary>
    Gmm,

    /// <summary>k-means with clusters of even size.</summary>
    Balanced,

    /// <summary>Spectral clustering, and a linear layer that names its clusters.</summary>
    Spectral,
}
