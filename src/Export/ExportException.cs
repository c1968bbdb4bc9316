namespace Toolchain.Export;

/// <summary>The module cannot be exported; the message lists every obstacle with its place.</summary>
public sealed class ExportException(string message, Exception? cause = null) : Exception(message, cause);
