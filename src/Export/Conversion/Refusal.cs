namespace Toolchain.Export.Conversion;

/// <summary>One call cannot be expressed; collected, so that all of them are reported together.</summary>
sealed class Refusal(string reason) : Exception(reason);
