using System.Text.RegularExpressions;

namespace Toolchain.EndToEnd.Docs;

/// <summary>
/// The parts of a Markdown file that are generated: tables between <c>&lt;!-- generated: NAME ARGUMENT --&gt;</c> and
/// <c>&lt;!-- end --&gt;</c>, and figures inside a sentence, such as <c>98.65 %&lt;!--=ID--&gt;</c>. The comment follows its figure,
/// since a line that starts with a comment ends the paragraph.
/// </summary>
static partial class Section
{
    /// <summary>The text with every generated part renewed.</summary>
    public static string Renew(string text) => Figure().Replace(
        Table().Replace(text, part =>
            $"{part.Groups["open"].Value}\n{Make(part.Groups["name"].Value, part.Groups["argument"].Value).TrimEnd()}\n<!-- end -->"),
        part => $"{FigureTables.Mean(part.Groups["id"].Value)}{part.Groups["rest"].Value}");

    /// <summary>Whether a text has generated parts.</summary>
    public static bool IsIn(string text) => Table().IsMatch(text) || Figure().IsMatch(text);

    static string Make(string name, string argument) => name switch
    {
        "commands" => CommandReference.Write(),
        "exit-codes" => ExitCodeTable.Write(),
        "options" => OptionTables.Write(argument),
        "augmentation" => OptionTables.WriteAugmentation(),
        "results" => FigureTables.WriteResults(),
        "figures" => FigureTables.Write(argument),
        "scale" => ScaleTable.Write(argument),
        "card" => FigureTables.WriteCard(argument),
        _ => throw new InvalidDataException($"no generated part '{name}'."),
    };

    [GeneratedRegex(@"(?<open><!-- generated: (?<name>[a-z-]+) ?(?<argument>[a-z-]*) -->)\n.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex(@"[0-9.]+(?<rest>\s%<!--=(?<id>[a-z0-9.-]+)-->)")]
    private static partial Regex Figure();
}
