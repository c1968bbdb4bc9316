using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Toolchain.Commands;

/// <summary>
/// Help that has one line for each command in a list of commands; the command's own help has the rest, and the details of a
/// <see cref="DetailedCommand"/>.
/// </summary>
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
        // Of a command that has both arguments and commands, such as 'submit slurm': these do not take its arguments.
        foreach (Argument argument in parsed.CommandResult.Command.Parents.OfType<Command>().SelectMany(parent => parent.Arguments))
        {
            argument.Hidden = true;
        }
        int status = whole.Invoke(parsed);
        if (parsed.CommandResult.Command is DetailedCommand detailed && detailed.Details(parsed) is string details)
        {
            parsed.InvocationConfiguration.Output.WriteLine(details);
        }
        return status;
    }
}
