namespace Toolchain.Export;

/// <summary>A module cannot be exported; the message lists every obstacle with the path of the module that meets it.</summary>
public sealed class ExportException(string message) : Exception(message);
