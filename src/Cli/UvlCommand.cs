using Toolchain.Cli.Commands;
using Toolchain.Cli.Light;

namespace Toolchain.Cli;

/// <summary>The whole program, so that tests run what users run.</summary>
static class UvlCommand
{
    public static UvlProgram Create() => new(
        GlobalOptions.CreateRoot("uvl learns to see digits without labels: train, export to ONNX, embed, cluster, evaluate.",
        [TrainCommand.Create(), SweepCommand.Create(), ViewsCommand.Create(), TsneCommand.Create(), PlotCommand.Create(),
        ExportCommand.Create(), .. LightCommands.Create(Devices.LibTorch), CompletionCommand.Create()]),
        Failures.StatusOf);
}
