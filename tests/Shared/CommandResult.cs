namespace Toolchain.Tests;

/// <summary>How a program ended, and what it wrote.</summary>
/// <param name="Status">Its exit status.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CommandResult(int Status, string Output, string Error);
