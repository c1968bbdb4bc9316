using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Tsne;
using Toolchain.Data;
using Toolchain.Deploy.Bundles;
using Toolchain.Evaluate.Metrics;
using Toolchain.Inference;

namespace Toolchain.Deploy.Pages;

/// <summary>What a page needs of a model besides its file: training images to compare with, their classes and their map.</summary>
/// <param name="Images">R training images.</param>
/// <param name="Embeddings">Of these images, [R,D].</param>
/// <param name="Coordinates">Their t-SNE [R,2].</param>
/// <param name="Groups">Class of each image, or its cluster where there are no labels, [R].</param>
/// <param name="Names">Names of the groups.</param>
/// <param name="ClusterGroups">Group of each cluster, [K], -1 for none; null where the model has no clusters.</param>
/// <param name="Limit">The distance that 99 % of these images keep to the nearest other.</param>
sealed record PageModel(ImageSet Images, Rows Embeddings, Rows Coordinates, int[] Groups, string[] Names, int[]? ClusterGroups,
    double Limit)
{
    /// <summary>Share of the images that lie within <see cref="Limit"/> of another.</summary>
    const double Quantile = 0.99;

    /// <summary>Takes what a model makes of training images.</summary>
    /// <param name="session">The model.</param>
    /// <param name="images">Training images, all of which the page shows.</param>
    /// <param name="outputs">Its outputs for them.</param>
    /// <param name="threads">Number of threads; 0 uses all processors. The result does not depend on it.</param>
    /// <param name="progress">Called with the iterations of t-SNE that are done.</param>
    /// <exception cref="InvalidModelException">The model gives no embedding.</exception>
    public static PageModel Of(EncoderSession session, ImageSet images, Embeddings outputs, int threads, Action<int> progress)
    {
        if (outputs.Dimension == 0)
        {
            throw new InvalidModelException($"'{session.Path}': expected an output embedding, found none; a model of clusters alone has no "
                + "neighbours to show.");
        }
        var rows = new Rows(outputs.Values, outputs.Dimension);
        int[]? clusters = outputs.Clusters is long[] own ? Array.ConvertAll(own, cluster => (int)cluster) : null;
        if (images.Labels is null && clusters is null)
        {
            throw new ArgumentException($"'{session.Path}': expected labelled images or a model with clusters, found neither, so the page "
                + "would have no classes; fuse clusters into it first (uvl cluster MODEL --out fused.onnx).");
        }
        (int[] groups, string[] names) = images is { Labels: int[] labels, Classes: { } classes }
            ? (labels, classes.AllNames())
            : (clusters!, [.. Enumerable.Range(0, clusters!.Max() + 1).Select(cluster => $"cluster {cluster}")]);
        TsneResult map = TsneEmbedding.Fit(rows, new TsneOptions { Threads = threads }, progress);
        float[] nearest = [.. NeighbourSearch.OfEach(rows, 1, threads).Values.Order()];
        return new(images, rows, map.Coordinates, groups, names, clusters is null ? null : GroupsOf(session, clusters, images),
            nearest[(int)(Quantile * (nearest.Length - 1))]);
    }

    // The map that the model has, or the one of most training images; clusters stand for themselves where nothing has labels.
    static int[] GroupsOf(EncoderSession session, int[] clusters, ImageSet images)
    {
        int count = Math.Max(session.ClusterCount, clusters.Max() + 1);
        return images is not { Labels: int[] labels, Classes: { } classes } ? [.. Enumerable.Range(0, count)]
            : ClusterNames.OfModel(session, classes)?.ClassOfCluster
            ?? ClusterNames.MapOf(new Contingency(clusters, labels, count, classes.Count), count == images.ExpectedClusters);
    }
}
