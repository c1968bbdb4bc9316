using System.Reflection;
using Mono.Cecil;

namespace Toolchain.Export.Weaver;

/// <summary>
/// The native entries of the TorchSharp version that the exporter is tested with. Those of another version that differ are named in a
/// warning of the build: the exporter refuses entries that it does not know, and may misread arguments of those whose signature changed.
/// </summary>
static class TestedEntries
{
    /// <summary>The tested version.</summary>
    internal const string Version = "0.107.0";

    static readonly Lazy<Dictionary<string, string>> signatures = new(() => Lines().ToDictionary(line => line.Split('(')[0]));

    /// <summary>The entries of an assembly: name, types of the parameters, type of the result; in order of their names.</summary>
    internal static IReadOnlyList<string> Of(ModuleDefinition module) => [.. RecorderWeaver.Entries(module).Select(Signature)
        .Order(StringComparer.Ordinal)];

    /// <summary>How the entries of an assembly differ from the tested ones, or null where they do not.</summary>
    internal static string? Compare(ModuleDefinition module)
    {
        var found = Of(module).ToDictionary(line => line.Split('(')[0]);
        string[] unknown = [.. found.Keys.Except(signatures.Value.Keys)], missing = [.. signatures.Value.Keys.Except(found.Keys)];
        string[] changed = [.. found.Keys.Where(name => signatures.Value.TryGetValue(name, out string? tested) && tested != found[name])];
        return unknown.Length + missing.Length + changed.Length == 0 ? null
            : $"this TorchSharp is version {module.Assembly.Name.Version.ToString(3)}, the exporter is tested with {Version}"
            + List("native entries that it does not know and refuses", unknown)
            + List("entries with another signature, whose arguments it may misread", changed)
            + List("entries that this version lacks", missing);
    }

    static string List(string what, string[] names) => names.Length == 0 ? ""
        : $"; {what} ({names.Length}): {string.Join(", ", names.Order(StringComparer.Ordinal))}";

    static string Signature(MethodDefinition entry) =>
        $"{entry.Name}({string.Join(",", entry.Parameters.Select(parameter => parameter.ParameterType.Name))}):{entry.ReturnType.Name}";

    static IEnumerable<string> Lines()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("TestedEntries.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
        {
            yield return line;
        }
    }
}
