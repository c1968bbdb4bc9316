using System.CommandLine;
using Toolchain.Commands.Verbs;
using Toolchain.Deploy.Verbs;

namespace Toolchain.Commands.Plots.Verbs;

/// <summary>All commands that need no libtorch: those of the light tool, and those that it has no room for.</summary>
public static class ToolCommands
{
    /// <summary>Makes them, with further checks for the doctor.</summary>
    public static IEnumerable<Command> Create(params Func<Finding>[] doctor) =>
        [TsneCommand.Create(), PlotCommand.Create(), .. SharedCommands.Create(doctor), .. DeployCommands.Create(),
        CompletionCommand.Create()];
}
