using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>State of a run.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="StepCount">Steps of the whole run.</param>
/// <param name="Losses">Losses of the latest step.</param>
sealed record TrainingProgress(int Step, int StepCount, IReadOnlyList<Loss> Losses)
{
    /// <summary>Images of the steps made.</summary>
    public long Images { get; init; }

    /// <summary>A warning when something looks wrong, repeated occasionally while it lasts; else null.</summary>
    public string? Warning { get; init; }
}
