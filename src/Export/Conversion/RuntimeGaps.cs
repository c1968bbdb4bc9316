using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>
/// Kernels that ONNX allows and ONNX Runtime's CPU provider does not have (1.31.1, opsets 13 to 23; a test compares the table with the
/// runtime). The exporter casts around them, so that a file runs where its users run it.
/// </summary>
static class RuntimeGaps
{
    static readonly Dictionary<string, HashSet<ElementType>> lacking = Lines()
        .ToDictionary(line => line.Op, line => line.Types.ToHashSet());

    /// <summary>Whether the runtime has an operator for data of a type; the table does not tell opsets apart.</summary>
    public static bool IsRunnable(string op, int opset, ElementType type) => !lacking.TryGetValue(op, out HashSet<ElementType>? types)
        || !types.Contains(type);

    /// <summary>The operators with the element types that they lack, as far as ONNX allows them at some opset.</summary>
    public static IReadOnlyDictionary<string, HashSet<ElementType>> Lacking => lacking;

    static IEnumerable<(string Op, ElementType[] Types)> Lines()
    {
        using Stream stream = typeof(RuntimeGaps).Assembly.GetManifestResourceStream("RuntimeGaps.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            yield return (words[0], [.. words.Skip(1).Select(Enum.Parse<ElementType>)]);
        }
    }
}
