using Toolchain.Commands;
using Toolchain.Export;
using Toolchain.Train.Runs;

namespace Toolchain.Cli;

/// <summary>Exit statuses of the failures that only the full program knows.</summary>
static class Failures
{
    public static int StatusOf(Exception error) => error switch
    {
        DivergedException => ExitCodes.Diverged,
        CheckpointException => ExitCodes.BadModel,
        ParityException or ExportException => ExitCodes.CheckFailed,
        _ => ExitCodes.Of(error),
    };
}
