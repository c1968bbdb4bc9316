namespace Toolchain.Evaluate;

/// <summary>Something that was proven after it was made turned out wrong; it is not kept.</summary>
public sealed class CheckFailedException(string message) : Exception(message);
