namespace Toolchain.Data;

/// <summary>Files beside a model that hold its weights.</summary>
public static partial class ExternalFile;
