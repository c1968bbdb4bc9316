using System.CommandLine;
using System.CommandLine.Help;

namespace Toolchain.Commands;

/// <summary>Options that every command has.</summary>
public static class GlobalOptions
{
    /// <summary>Results as JSON lines on standard output; messages stay on standard error.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Results as JSON, one object per line, on standard output.",
        Recursive = true
    };

    /// <summary>Turns progress off.</summary>
    public static Option<bool> Quiet { get; } = new("--quiet") { Description = "No progress on standard error.", Recursive = true };

    /// <summary>Adds the stack trace of a failure.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Print the stack trace of a failure.",
        Recursive = true
    };

    /// <summary>
    /// The command <c>uvl</c> with these options. Not a <see cref="RootCommand"/>, which takes its name from the executable and would show
    /// it in the help.
    /// </summary>
    public static Command CreateRoot(string description, params IEnumerable<Command> commands)
    {
        var root = new Command("uvl", description) { Json, Quiet, Verbose, new HelpOption { Action = new BriefHelp() },
            new VersionOption() };
        foreach (Command command in commands)
        {
            root.Add(command);
        }
        return root;
    }
}
