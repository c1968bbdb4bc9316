using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Toolchain.Commands;

/// <summary>Help that has one line for each command in a list of commands; the command's own help has the rest.</summary>
sealed class BriefHelp : SynchronousCommandLineAction
{
    readonly HelpAction whole = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parsed)
    {
        foreach (Command command in parsed.CommandResult.Command.Subcommands)
        {
            command.Description = command.Description!.Split('\n')[0];
        }
        return whole.Invoke(parsed);
    }
}
