namespace Toolchain.Train.Runs;

/// <summary>A checkpoint that is damaged, or that belongs to another run, method or version.</summary>
sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
