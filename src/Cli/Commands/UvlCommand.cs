using System.CommandLine;
using Toolchain.Commands;
using Toolchain.Commands.Plots.Verbs;

namespace Toolchain.Cli.Commands;

/// <summary>The whole program, so that tests run what users run.</summary>
static class UvlCommand
{
    public static UvlProgram Create() => new(CreateRoot(), Failures.StatusOf);

    /// <summary>The tree of commands, from which the command reference in docs is generated.</summary>
    public static Command CreateRoot() =>
        GlobalOptions.CreateRoot("uvl learns to see digits without labels: train, export to ONNX, embed, cluster, evaluate.",
        [TrainCommand.Create(), SweepCommand.Create(), ViewsCommand.Create(), ExportCommand.Create(),
        .. ToolCommands.Create(Devices.LibTorch)]);
}
