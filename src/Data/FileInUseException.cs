namespace Toolchain.Data;

/// <summary>Another process writes the file now. Its message names the file that both make.</summary>
public sealed class FileInUseException : IOException
{
    FileInUseException(string path, IOException inner)
        : base($"'{path}': another process writes this file now; wait until it ends, or name another file.", inner)
    {
    }

    /// <summary>Opens a file that this process alone writes.</summary>
    /// <param name="path">The file to open.</param>
    /// <param name="mode">As for a <see cref="FileStream"/>.</param>
    /// <param name="target">The file that is being made, for the error.</param>
    /// <exception cref="FileInUseException">Another process has it open for writing.</exception>
    internal static FileStream OpenAlone(string path, FileMode mode, string target)
    {
        try
        {
            return new(path, mode, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        // Sharing violation, or EWOULDBLOCK (11 on Linux, 35 on macOS).
        catch (IOException error) when ((error.HResult & 0xFFFF) is 11 or 32 or 35)
        {
            throw new FileInUseException(target, error);
        }
    }
}
