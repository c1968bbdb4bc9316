using System.CommandLine;
using Toolchain.Evaluate.Fusion;

namespace Toolchain.Commands;

/// <summary>Options of <c>uvl cluster</c> that say which clusters are fitted, made anew for each command that takes them.</summary>
public sealed class ClusterFitOptions
{
    /// <summary>How many.</summary>
    public Option<int> Count { get; } = new("--k")
    {
        Description = "Number of clusters; by default as many as classes have images, or 10 without labels."
    };

    /// <summary>By which method.</summary>
    public Choice<ClusterMethod> Method { get; } = new("--method")
    {
        Description = "kmeans (default); gmm; balanced: k-means with clusters of even size, for classes with about as many images each; "
            + "spectral: clusters of the graph of neighbours, and a linear layer that names them. The last two not with --shard."
    };
}
