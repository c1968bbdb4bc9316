using System.CommandLine;

namespace Toolchain.Commands.Verbs;

/// <summary>The commands that need no libtorch.</summary>
public static class SharedCommands
{
    /// <summary>Makes them, with further checks for the doctor.</summary>
    public static IEnumerable<Command> Create(params Func<Finding>[] doctor) =>
        [EmbedCommand.Create(), ClusterCommand.Create(), JoinCommand.Create(), PcaCommand.Create(), NeighboursCommand.Create(),
            CalibrateCommand.Create(), ProbeCommand.Create(), TuneCommand.Create(), EvaluateCommand.Create(), VerifyCommand.Create(),
            BenchCommand.Create(), DataCommand.Create(), DoctorCommand.Create(doctor)];
}
