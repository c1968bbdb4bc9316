using Toolchain.Data;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Fusion;

/// <summary>The cluster-to-digit map in a model's metadata.</summary>
public static class ClusterDigits
{
    /// <summary>Adds the map from clusters to digits, which uses labels: one to one for ten clusters, else each cluster's commonest
    /// digit.</summary>
    /// <param name="metadata">Gets the map.</param>
    /// <param name="clusters">Cluster of each image, [N].</param>
    /// <param name="count">Number of clusters (K).</param>
    /// <param name="data">The images.</param>
    /// <exception cref="ArgumentException">The images have no labels.</exception>
    public static void Add(Dictionary<string, string> metadata, int[] clusters, int count, ImageSet data)
    {
        byte[] labels = LabelsOf(data);
        var counts = new Contingency(clusters, [.. labels.Select(label => (int)label)], count);
        int[] map = count == 10 ? ClusterMap.OneToOne(counts) : ClusterMap.MajorityVote(counts);
        metadata[ModelKeys.ClusterDigits] = $"[{string.Join(",", map)}]";
        metadata[ModelKeys.ClusterDigitsUseLabels] = "true";
    }

    /// <summary>Removes the map.</summary>
    /// <param name="metadata">Loses the map.</param>
    public static void Remove(Dictionary<string, string> metadata)
    {
        metadata.Remove(ModelKeys.ClusterDigits);
        metadata.Remove(ModelKeys.ClusterDigitsUseLabels);
    }

    /// <summary>The labels that a map is fitted on.</summary>
    /// <param name="data">The images.</param>
    /// <exception cref="ArgumentException">The images have no labels.</exception>
    public static byte[] LabelsOf(ImageSet data) => data.Labels ?? throw new ArgumentException(
        $"--map: expected labelled images to fit the map on, found none in '{data.Name}'.");
}
