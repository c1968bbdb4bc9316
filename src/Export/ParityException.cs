namespace Toolchain.Export;

/// <summary>
/// The exported model does not compute what the module computes; the message lists every output, size and runtime that misses.
/// </summary>
public sealed class ParityException(string message) : Exception(message);
