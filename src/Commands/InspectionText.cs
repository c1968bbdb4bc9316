using System.Globalization;
using Toolchain.Graph.Inspection;

namespace Toolchain.Commands;

/// <summary>Prints the content of a model: format, inputs and outputs, operators, metadata, nodes.</summary>
public static class InspectionText
{
    // Nodes and characters of a text that are printed; --json has all.
    const int MostNodes = 400;

    const int MostCharacters = 200;

    /// <summary>Prints <paramref name="found"/>.</summary>
    public static void Print(Terminal terminal, string path, ModelInspection found)
    {
        terminal.Line($"file        {path}, {Number(found.Bytes)} bytes, SHA-256 {found.Sha256}");
        string opsets = string.Join(", ", found.Opsets.Select(pair => $"{pair.Key} {pair.Value}"));
        terminal.Line($"format      IR {found.IrVersion}, {opsets}{(found.Producer == "" ? "" : $", by {Plain(found.Producer)}")}");
        terminal.Line($"graph       {found.Graph}{(found.Documentation == "" ? "" : $": {Plain(found.Documentation)}")}");
        Lines(terminal, "input", found.Inputs);
        Lines(terminal, "output", found.Outputs);
        string places = found.ExternalFiles.Count == 0 ? "" : $", in {string.Join(", ", found.ExternalFiles)}";
        terminal.Line($"parameters  {Number(found.Parameters)}{places}");
        terminal.Line($"FLOPs       {(found.FlopsPerRow is double flops ? $"{Number(flops)} per image (named axes as 1)" : "unknown")}");
        terminal.Line($"operators   {string.Join(", ", found.Operators.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Lines(terminal, "metadata", found.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} = {Short(pair.Value)}"));
        Lines(terminal, "node", found.Nodes.Take(MostNodes));
        if (found.Nodes.Count > MostNodes)
        {
            terminal.Line($"            and {found.Nodes.Count - MostNodes} more; all of them by --json");
        }
    }

    // Control characters in an untrusted text could drive the terminal.
    static string Plain(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));

    // Such as the centres of a calibrated model: 40 kB of base64, which --json has whole.
    static string Short(string text) => text.Length <= MostCharacters ? Plain(text)
        : $"{Plain(text[..MostCharacters])}... ({Number(text.Length)} characters; --json has all)";

    static string Number(double value) => value.ToString("n0", CultureInfo.InvariantCulture);

    static void Lines(Terminal terminal, string name, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            terminal.Line($"{name,-10}  {line}");
        }
    }
}
