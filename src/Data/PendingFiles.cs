namespace Toolchain.Data;

/// <summary>
/// Files that belong together and are written over a long time: each grows in a temporary neighbour, and none is put in place before all
/// are whole and on the disk. Temporary names are the same from run to run, so what a killed run left is overwritten by the next.
/// </summary>
sealed class PendingFiles : IDisposable
{
    readonly List<(string Path, FileStream Stream)> files = [];

    /// <summary>Starts a file; missing folders are made.</summary>
    /// <exception cref="FileInUseException">Another process writes the same file now.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public FileStream Add(string path)
    {
        string full = Path.GetFullPath(path), folder = Path.GetDirectoryName(full) ?? throw new IOException($"'{path}' names no file.");
        Directory.CreateDirectory(folder);
        FileStream stream = FileInUseException.OpenAlone(Path.Combine(folder, $".{Path.GetFileName(full)}.tmp"), FileMode.Create, path);
        files.Add((full, stream));
        return stream;
    }

    /// <summary>
    /// Puts all files in place, the first one last, and deletes <paramref name="obsolete"/> files, which would be taken for theirs.
    /// </summary>
    /// <exception cref="IOException">The disk is full; no file was made or replaced.</exception>
    public void Commit(params IEnumerable<string> obsolete)
    {
        foreach ((_, FileStream stream) in files)
        {
            stream.Flush(flushToDisk: true);
        }
        files.ForEach(file => file.Stream.Dispose());
        AtomicFile.PutInPlace([.. files.AsEnumerable().Reverse().Select(file => (file.Stream.Name, file.Path))]);
        foreach (string path in obsolete)
        {
            File.Delete(path);
        }
        AtomicFile.FlushFolder(Path.GetDirectoryName(files[0].Path)!);
        files.Clear();
    }

    /// <summary>Deletes what was not committed.</summary>
    public void Dispose()
    {
        foreach ((_, FileStream stream) in files)
        {
            try
            {
                stream.Dispose();
            }
            catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
            {
                // The disk is full, or the file as large as it may be, and what was buffered has no place; it goes anyway.
            }
            File.Delete(stream.Name);
        }
        files.Clear();
    }
}
