using System.CommandLine;

namespace Toolchain.Commands;

/// <summary>Options of <c>uvl pca</c> that say which components are fitted, made anew for each command that takes them.</summary>
public sealed class ComponentFitOptions
{
    /// <summary>How many are taken where none are asked for, and there are as many.</summary>
    internal const int DefaultCount = 50;

    /// <summary>How many.</summary>
    public Option<int> Count { get; } = new("--components")
    {
        Description = $"Number of principal components; by default {DefaultCount}, or as many as there are."
    };

    /// <summary>Whether they are scaled.</summary>
    public Option<bool> Whiten { get; } = new("--whiten") { Description = "Scale each component to variance 1." };
}
