using System.CommandLine;

namespace Toolchain.Commands;

/// <summary>What a running command reports to <see cref="UvlProgram"/>.</summary>
sealed class Invocation : InvocationConfiguration
{
    volatile bool finishesStep;

    /// <summary>Whether Ctrl-C waits for the end of a step; otherwise a command that does not stop soon is ended.</summary>
    public bool FinishesStep
    {
        get => finishesStep;
        set => finishesStep = value;
    }
}
