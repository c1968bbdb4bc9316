using Toolchain.Inference;

namespace Toolchain.Evaluate.Protocols;

/// <summary>How figures are computed.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Seed of the clusterers.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads; 0 uses all processors. No figure depends on it.</summary>
    public int Threads { get; init; }

    /// <summary>Where the linear probe is trained.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Cpu;

    /// <summary>
    /// Whether the strict protocol also has k-means with clusters of even size, for classes that have about as many images each.
    /// </summary>
    public bool Balanced { get; init; }

    /// <summary>Clusters of the strict protocol, at least 1; null for as many as there are classes, or ten without labels.</summary>
    public int? ClusterCount { get; init; }
}
