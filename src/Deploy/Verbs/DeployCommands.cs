using System.CommandLine;

namespace Toolchain.Deploy.Verbs;

/// <summary>The commands for other runtimes; they need no libtorch.</summary>
public static class DeployCommands
{
    /// <summary>Makes them.</summary>
    public static IEnumerable<Command> Create() =>
        [BundleCommand.Create(), CrosscheckCommand.Create(), PageCommand.Create(), SubmitCommand.Create()];
}
