namespace Toolchain.Data;

/// <summary>Another process writes the file now, or a pipe or a device stands in its place. The message names it.</summary>
public sealed class FileInUseException : IOException
{
    FileInUseException(string message, IOException? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Opens a file that this process alone writes.</summary>
    /// <param name="path">The file to open.</param>
    /// <param name="mode">As for a <see cref="FileStream"/>.</param>
    /// <param name="target">The file that is being made, for the error.</param>
    /// <exception cref="FileInUseException">Another process has it open for writing, or it is a pipe or a device.</exception>
    internal static FileStream OpenAlone(string path, FileMode mode, string target)
    {
        try
        {
            FileStream file = new(path, mode, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            if (file.CanSeek)
            {
                return file;
            }
            file.Dispose();
            throw new FileInUseException($"'{path}': expected a regular file or none, found a pipe or a device; remove it.");
        }
        // Sharing violation, or EWOULDBLOCK (11 on Linux, 35 on macOS).
        catch (IOException error) when ((error.HResult & 0xFFFF) is 11 or 32 or 35)
        {
            throw new FileInUseException(
                $"'{target}': another process writes this file now; wait until it ends, or name another file.", error);
        }
    }
}
