using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Spectral;
using Toolchain.Evaluate.Fusion;

namespace Toolchain.Evaluate.Protocols;

/// <summary>
/// What the rows of one model share: k-means of its training embeddings, their eigenvectors, and neighbours of its test embeddings.
/// </summary>
sealed class SharedFits
{
    readonly ModelOutputs outputs;
    readonly Lazy<Rows?> coordinates;
    readonly Lazy<NeighbourTable> neighbours;
    FittedHead? means;

    /// <param name="outputs">The model's outputs.</param>
    /// <param name="options">How many eigenvectors and neighbours.</param>
    public SharedFits(ModelOutputs outputs, SpectralOptions options)
    {
        this.outputs = outputs;
        coordinates = new(() => outputs.Train is Rows known && known.Width <= Evaluation.Widest && options.ClusterCount > 1
            && known.Count > Math.Max(options.NeighbourCount, options.ClusterCount) ? SpectralClustering.Embed(known, options) : null);
        neighbours = new(() => NeighbourSearch.Euclidean(outputs.Test!.Value, outputs.Train!.Value,
            Math.Min(options.NeighbourCount, outputs.Train!.Value.Count), options.Threads));
    }

    /// <summary>
    /// Clusters of the training embeddings; a mixture starts from k-means of its number, where that is the last one fitted.
    /// </summary>
    /// <param name="method">How clusters are made.</param>
    /// <param name="count">Number of clusters (K).</param>
    /// <param name="factory">Seed and threads.</param>
    public FittedHead Head(ClusterMethod method, int count, ClustererFactory factory)
    {
        FittedHead head = FittedHead.Fit(outputs.Train!.Value, method, count, factory, means?.Count == count ? means : null);
        means = method == ClusterMethod.KMeans ? head : means;
        return head;
    }

    /// <summary>Whether there are rows enough for eigenvectors, not too wide.</summary>
    public bool Exist => coordinates.Value is not null;

    /// <summary>Clusters of training and test embeddings.</summary>
    public ClusterPair Cluster(SpectralOptions options)
    {
        int[] clusters = SpectralClustering.Cluster(coordinates.Value!.Value, options);
        return new(clusters, SpectralClustering.Assign(neighbours.Value, clusters));
    }
}
