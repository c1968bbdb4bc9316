using System.Globalization;

namespace Toolchain.Train.Runs;

/// <summary>
/// The claim of one process on a run folder: the file <c>.lock</c>, locked as long as the process lives, and beside it an empty file that
/// has the process's number as its ending. A killed process's lock is gone with it.
/// </summary>
sealed class RunLock : IDisposable
{
    const string FileName = ".lock";

    readonly FileStream file;
    readonly string holder;

    RunLock(FileStream file, string holder) => (this.file, this.holder) = (file, holder);

    /// <summary>Whether a file of a run folder is one of these.</summary>
    public static bool IsPart(string path) => Path.GetFileName(path).StartsWith(FileName, StringComparison.Ordinal);

    /// <summary>Takes the lock of <paramref name="folder"/>, which exists.</summary>
    /// <exception cref="ArgumentException">A process has it.</exception>
    public static RunLock Take(string folder)
    {
        FileStream file = Open(folder) ?? throw Taken(folder);
        Array.ForEach(Holders(folder), File.Delete);
        string holder = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{FileName}.{Environment.ProcessId}"));
        File.WriteAllBytes(holder, []);
        return new RunLock(file, holder);
    }

    /// <summary>Whether a process has the lock.</summary>
    public static bool IsTaken(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName)))
        {
            return false;
        }
        using FileStream? file = Open(folder);
        return file is null;
    }

    /// <summary>Requires that no process has the lock.</summary>
    /// <exception cref="ArgumentException">A process has it.</exception>
    public static void RequireNone(string folder)
    {
        if (IsTaken(folder))
        {
            throw Taken(folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(holder);
        file.Dispose();
    }

    static ArgumentException Taken(string folder) =>
        new($"'{folder}': process {Holder(folder)} trains in this folder now; wait until it ends, or name another folder.");

    static FileStream? Open(string folder)
    {
        try
        {
            // .NET deletes it before it gives the lock back, and opens anew what another process deleted meanwhile.
            return new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new ArgumentException($"'{folder}': expected a folder that files can be made in, found one where they cannot; change its "
                + "permissions.", error);
        }
        // Sharing violation, or EWOULDBLOCK (11 on Linux, 35 on macOS).
        catch (IOException error) when ((error.HResult & 0xFFFF) is 11 or 32 or 35)
        {
            return null;
        }
    }

    static string Holder(string folder) => Holders(folder) is [var path, ..] ? Path.GetExtension(path)[1..] : "of another user";

    // A search pattern would take the lock itself for one of them: ".*" may stand for nothing.
    static string[] Holders(string folder) =>
        [.. Directory.GetFiles(folder).Where(path => Path.GetFileName(path).StartsWith($"{FileName}.", StringComparison.Ordinal))];
}
