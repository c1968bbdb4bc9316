using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Fusion;

/// <summary>The cluster-to-class map in a model's metadata: digits where classes have no names.</summary>
public static class ClusterDigits
{
    /// <summary>
    /// Fits and adds the map, which uses labels: one to one for as many clusters as classes have images, else each cluster's commonest
    /// class.
    /// </summary>
    /// <param name="metadata">Gets the map.</param>
    /// <param name="clusters">Cluster of each image, [N].</param>
    /// <param name="count">Number of clusters (K).</param>
    /// <param name="data">The images.</param>
    /// <exception cref="ArgumentException">The images have no labels.</exception>
    public static void Fit(Dictionary<string, string> metadata, int[] clusters, int count, ImageSet data)
    {
        (int[] labels, ImageClasses classes) = LabelsOf(data);
        var counts = new Contingency(clusters, labels, count, classes.Count);
        Add(metadata, count == data.ExpectedClusters ? ClusterMap.OneToOne(counts) : ClusterMap.MajorityVote(counts), classes);
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
        if (NamesOf(classes) is string names)
        {
            metadata[ModelKeys.Classes] = names;
        }
    }

    /// <summary>Whether the map of a model is to other classes than those of labels: a number then means two things.</summary>
    /// <param name="metadata">The model's.</param>
    /// <param name="classes">What the labels count; null without labels.</param>
    public static bool AreOfOthers(IReadOnlyDictionary<string, string> metadata, ImageClasses? classes)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return classes is not null && metadata.ContainsKey(ModelKeys.ClusterDigits)
            && metadata.GetValueOrDefault(ModelKeys.Classes) != NamesOf(classes);
    }

    static string? NamesOf(ImageClasses classes) => classes.Names is null ? null
        : new JsonArray([.. classes.Names.Select(name => JsonValue.Create(name))]).ToJsonString();

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
