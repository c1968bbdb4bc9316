using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Spectral;

namespace Toolchain.Evaluate.Protocols;

/// <summary>
/// What the spectral rows of one model share: eigenvectors of its training embeddings, and neighbours of its test embeddings.
/// </summary>
sealed class SpectralRows
{
    readonly Lazy<Rows?> coordinates;
    readonly Lazy<NeighbourTable> neighbours;

    /// <param name="outputs">The model's outputs.</param>
    /// <param name="options">How many eigenvectors and neighbours.</param>
    public SpectralRows(ModelOutputs outputs, SpectralOptions options)
    {
        coordinates = new(() => outputs.Train is Rows known && known.Width <= Evaluation.Widest && options.ClusterCount > 1
            && known.Count > Math.Max(options.NeighbourCount, options.ClusterCount) ? SpectralClustering.Embed(known, options) : null);
        neighbours = new(() => NeighbourSearch.Euclidean(outputs.Test!.Value, outputs.Train!.Value,
            Math.Min(options.NeighbourCount, outputs.Train!.Value.Count), options.Threads));
    }

    /// <summary>Whether there are rows enough, not too wide.</summary>
    public bool Exist => coordinates.Value is not null;

    /// <summary>Clusters of training and test embeddings.</summary>
    public ClusterPair Cluster(SpectralOptions options)
    {
        int[] clusters = SpectralClustering.Cluster(coordinates.Value!.Value, options);
        return new(clusters, SpectralClustering.Assign(neighbours.Value, clusters));
    }
}
