using System.CommandLine;
using System.Text;
using Toolchain.Cli.Commands;

namespace Toolchain.EndToEnd.Docs;

/// <summary>Every command with its arguments and options, from the tree that the program parses with.</summary>
static class CommandReference
{
    public static string Write()
    {
        Command root = UvlCommand.CreateRoot();
        var page = new StringBuilder("| command | purpose |\n|---|---|\n");
        foreach (Command command in root.Subcommands)
        {
            page.Append(Invariant($"| [`{command.Name}`](#uvl-{command.Name}) | {Paragraphs(command)[0]} |\n"));
        }
        page.Append("\nEvery command takes:\n\n");
        Options(page, root.Options);
        foreach (Command command in root.Subcommands)
        {
            Append(page, command, "uvl", "##");
        }
        return page.ToString();
    }

    static void Append(StringBuilder page, Command command, string parent, string heading)
    {
        string name = $"{parent} {command.Name}";
        page.Append(Invariant($"\n{heading} {name}\n"));
        // Indented lines of a description are lists for the terminal; the model pages have them with their meaning.
        foreach (string paragraph in Paragraphs(command).Where(text => !text.StartsWith(' ')))
        {
            string[] example = paragraph.Split(": ", 2);
            page.Append(example[0] is "Example" or "Examples"
                ? Invariant($"\n```\n{string.Join('\n', example[1].Split('\n').Select(line => line.Trim()))}\n```\n")
                : Invariant($"\n{Cell(paragraph)}\n"));
        }
        if (command.Arguments.Any(argument => !argument.Hidden))
        {
            page.Append("\n| argument | meaning |\n|---|---|\n");
            foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
            {
                page.Append(Invariant($"| `{argument.HelpName ?? argument.Name}` | {Cell(argument.Description)} |\n"));
            }
        }
        page.Append('\n');
        Options(page, command.Options);
        foreach (Command child in command.Subcommands)
        {
            Append(page, child, name, "###");
        }
    }

    static void Options(StringBuilder page, IList<Option> options)
    {
        Option[] shown = [.. options.Where(option => !option.Hidden)];
        if (shown.Length == 0)
        {
            return;
        }
        page.Append("| option | default | meaning |\n|---|---|---|\n");
        foreach (Option option in shown)
        {
            string values = option.HelpName is { Length: > 0 } help ? $" {Cell(help)}" : "";
            string standard = option is { HasDefaultValue: true } && option.ValueType != typeof(bool)
                ? $"{option.GetDefaultValue()}" : option.Required ? "required" : "";
            page.Append(Invariant($"| `{option.Name}{values}` | {standard} | {Cell(option.Description)} |\n"));
        }
    }

    static string[] Paragraphs(Command command) => command.Description!.Split("\n\n");

    // Bars end a cell of a table, also inside of code.
    static string Cell(string? text) => (text ?? "").ReplaceLineEndings(" ").Replace("|", "\\|");

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
