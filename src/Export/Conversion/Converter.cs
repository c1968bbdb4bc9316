using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>How calls of one native entry become nodes.</summary>
/// <param name="Entry">Native entry without an underscore at its end; in-place calls are converted as their functional twins.</param>
/// <param name="Convert">
/// Adds the nodes and returns one value for each result; null for one that has no ONNX form, which is refused where it is used.
/// </param>
sealed record Converter(string Entry, Func<GraphBuilder, NativeCall, Value?[]> Convert)
{
    public Converter(string entry, Func<GraphBuilder, NativeCall, Value> convert)
        : this(entry, (graph, call) => new Value?[] { convert(graph, call) })
    {
    }

    /// <summary>Name of the twin that returns its result instead of writing it to a tensor.</summary>
    public static string Functional(string entry) => entry.EndsWith("_out", StringComparison.Ordinal) ? entry[..^4] : entry.TrimEnd('_');
}
