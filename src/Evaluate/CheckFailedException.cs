namespace Toolchain.Evaluate;

/// <summary>A check of a result failed, such as parity; the result is not kept.</summary>
public sealed class CheckFailedException(string message) : Exception(message);
