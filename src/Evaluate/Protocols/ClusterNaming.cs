using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Protocols;

/// <summary>How clusters get classes, from the training labels.</summary>
/// <param name="UsesLabels">What labels are used for, in words.</param>
/// <param name="Map">From the counts of clusters and classes to the class of each cluster, [K]; -1 for none.</param>
sealed record ClusterNaming(string UsesLabels, Func<Contingency, int[]> Map)
{
    /// <summary>The one-to-one map under which most training images are right.</summary>
    public static ClusterNaming OneToOne { get; } =
        new("one-to-one map of clusters to classes, on training labels", ClusterMap.OneToOne);

    /// <summary>The commonest training class of each cluster.</summary>
    public static ClusterNaming MajorityVote { get; } =
        new("majority vote of training labels in each cluster", ClusterMap.MajorityVote);
}
