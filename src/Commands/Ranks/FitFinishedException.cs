namespace Toolchain.Commands.Ranks;

/// <summary>The other ranks have finished the fit without this one, which was here twice.</summary>
sealed class FitFinishedException() : Exception("The fit is finished.");
