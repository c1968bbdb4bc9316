namespace Toolchain.Data;

/// <summary>Files that are written whole or not at all.</summary>
public static partial class AtomicFile;
