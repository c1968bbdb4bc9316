using System.CommandLine;

namespace Toolchain.Commands;

/// <summary>Options of <c>uvl neighbours</c> that others take too, made anew for each command.</summary>
public static class NeighbourOptions
{
    const int DefaultCount = 10;

    /// <summary>How many neighbours a row has.</summary>
    public static Option<int> Count() => new("--count")
    {
        Description = "Neighbours per query.",
        DefaultValueFactory = _ => DefaultCount
    };
}
