using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Fusion;

/// <summary>The cluster-to-class map in a model's metadata: digits where classes have no names.</summary>
public static class ClusterDigits
{
    /// <summary>Fits and adds the map, which uses labels: one to one for as many clusters as classes, else each cluster's commonest
    /// class.</summary>
    /// <param name="metadata">Gets the map.</param>
    /// <param name="clusters">Cluster of each image, [N].</param>
    /// <param name="count">Number of clusters (K).</param>
    /// <param name="data">The images.</param>
    /// <exception cref="ArgumentException">The images have no labels.</exception>
    public static void Fit(Dictionary<string, string> metadata, int[] clusters, int count, ImageSet data)
    {
        (int[] labels, ImageClasses classes) = LabelsOf(data);
        var counts = new Contingency(clusters, labels, count, classes.Count);
        Add(metadata, count == classes.Count ? ClusterMap.OneToOne(counts) : ClusterMap.MajorityVote(counts), classes);
    }

    /// <summary>Adds a map.</summary>
    /// <param name="metadata">Gets the map.</param>
    /// <param name="map">Class of each cluster, [K].</param>
    /// <param name="classes">The classes.</param>
    public static void Add(Dictionary<string, string> metadata, int[] map, ImageClasses classes)
    {
        Remove(metadata);
        metadata[ModelKeys.ClusterDigits] = $"[{string.Join(",", map)}]";
        metadata[ModelKeys.ClusterDigitsUseLabels] = "true";
        if (classes.Names is not null)
        {
            metadata[ModelKeys.Classes] = new JsonArray([.. classes.Names.Select(name => JsonValue.Create(name))]).ToJsonString();
        }
    }

    /// <summary>Removes the map.</summary>
    /// <param name="metadata">Loses the map.</param>
    public static void Remove(Dictionary<string, string> metadata)
    {
        metadata.Remove(ModelKeys.ClusterDigits);
        metadata.Remove(ModelKeys.ClusterDigitsUseLabels);
        metadata.Remove(ModelKeys.Classes);
    }

    /// <summary>The labels that a map is fitted on, and what they count.</summary>
    /// <param name="data">The images.</param>
    /// <exception cref="ArgumentException">The images have no labels.</exception>
    public static (int[] Labels, ImageClasses Classes) LabelsOf(ImageSet data) => data is { Labels: int[] labels, Classes: { } classes }
        ? (labels, classes)
        : throw new ArgumentException($"--map: expected labelled images to fit the map on, found none in '{data.Name}'.");
}
