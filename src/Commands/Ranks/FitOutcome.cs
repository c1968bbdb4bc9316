namespace Toolchain.Commands.Ranks;

/// <summary>What ranks made together.</summary>
/// <param name="Save">Writes the output; called in rank 0 alone.</param>
/// <param name="Print">Tells of it; called in rank 0 alone.</param>
readonly record struct FitOutcome(Action Save, Action Print);
