using System.CommandLine;
using Toolchain.Data;

namespace Toolchain.Commands;

/// <summary>Options of <c>uvl embed</c> that say which images and which columns, made anew for each command that takes them.</summary>
public sealed class EmbedColumnOptions
{
    /// <summary>Which part of the images.</summary>
    public Choice<Split?> Split { get; } = new("--split") { Description = "train, test or all (default)." };

    /// <summary>Whether clusters are written.</summary>
    public Option<bool> Cluster { get; } = new("--cluster") { Description = "Also write the cluster of each image." };

    /// <summary>Whether probabilities are written.</summary>
    public Option<bool> Probability { get; } = new("--probability") { Description = "Also write the probability of each cluster." };
}
