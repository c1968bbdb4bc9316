namespace Toolchain.Train.Runs;

/// <summary>A loss stopped being a finite number.</summary>
sealed class DivergedException(string message) : Exception(message);
