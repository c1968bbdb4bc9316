using System.Runtime.InteropServices;

namespace Toolchain.Data;

// Internal here, so that Graph, which may not know Data, can link this file; Data makes it public in AtomicFile.Public.cs.
static partial class AtomicFile
{
    /// <summary>
    /// Writes a file whole or not at all: into a temporary neighbour, flushed to the disk, then renamed over <paramref name="path"/>.
    /// </summary>
    /// <param name="path">The file to make or replace; missing folders are made.</param>
    /// <param name="write">Writes the content. When it throws, the temporary file is deleted and an old file stays as it was.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write) => WriteAll([(path, write)]);

    /// <summary>
    /// Writes files that belong together: none is put in place before all are whole and on the disk. The last one is put in place last.
    /// </summary>
    /// <param name="files">Paths and what writes them, as for <see cref="Write"/>.</param>
    /// <exception cref="IOException">The disk is full or a folder cannot be written; no file was made or replaced.</exception>
    public static void WriteAll(IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        string[] temporaries = [.. files.Select(file => TemporaryNeighbour(file.Path))];
        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                using var stream = new FileStream(temporaries[i], FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
                files[i].Write(stream);
                stream.Flush(flushToDisk: true);
            }
            PutInPlace([.. temporaries.Zip(files, (temporary, file) => (temporary, Path.GetFullPath(file.Path)))]);
        }
        catch
        {
            Array.ForEach(temporaries, File.Delete);
            throw;
        }
        foreach (string folder in temporaries.Select(path => Path.GetDirectoryName(path)!).Distinct())
        {
            FlushFolder(folder);
        }
    }

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte order mark, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes texts that belong together as UTF-8 without byte order marks: all or none.</summary>
    /// <exception cref="IOException">The disk is full or a folder cannot be written; no file was made or replaced.</exception>
    public static void WriteTexts(params IEnumerable<(string Path, string Text)> files) =>
        WriteAll([.. files.Select(file =>
            (file.Path, (Action<Stream>)(stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(file.Text)))))]);

    /// <summary>
    /// Renames finished files in order; where one fails, new ones are taken away again and the old ones put back.
    /// </summary>
    internal static void PutInPlace(IReadOnlyList<(string Temporary, string Path)> files)
    {
        // Second names of the old files, so that each is in place until its successor is.
        string[] kept = [.. files.Select(file => $"{file.Temporary}.old")];
        int done = 0;
        try
        {
            for (int i = 0; files.Count > 1 && i < files.Count; i++)
            {
                Keep(files[i].Path, kept[i]);
            }
            for (; done < files.Count; done++)
            {
                File.Move(files[done].Temporary, files[done].Path, overwrite: true);
            }
        }
        catch
        {
            for (int i = 0; i < done; i++)
            {
                if (File.Exists(kept[i]))
                {
                    File.Move(kept[i], files[i].Path, overwrite: true);
                }
                else
                {
                    File.Delete(files[i].Path);
                }
            }
            throw;
        }
        finally
        {
            Array.ForEach(kept, File.Delete);
        }
    }

    // A hard link costs nothing; where the file system has none, a copy.
    static void Keep(string path, string second)
    {
        if (!File.Exists(path))
        {
            return;
        }
        File.Delete(second);
        if (OperatingSystem.IsWindows() || link(path, second) != 0)
        {
            File.Copy(path, second);
        }
    }

    static string TemporaryNeighbour(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? throw new IOException($"'{path}' names no file.");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId}.tmp");
    }

    // A rename is durable only once its folder is on the disk, and .NET has no call for that.
    internal static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        int descriptor = open(folder, 0);
        if (descriptor >= 0)
        {
            _ = fsync(descriptor);
            _ = close(descriptor);
        }
    }

    [DllImport("libc", SetLastError = true)]
    static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string second);

    [DllImport("libc", SetLastError = true)]
    static extern int fsync(int descriptor);

    [DllImport("libc", SetLastError = true)]
    static extern int close(int descriptor);
}
