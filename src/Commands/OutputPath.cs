using System.Text;
using Toolchain.Data;

namespace Toolchain.Commands;

/// <summary>Checks of output paths, before the work starts.</summary>
public static class OutputPath
{
    /// <summary>Requires that a file can be made or replaced at <paramref name="path"/>.</summary>
    /// <exception cref="ArgumentException">A folder has that name, or its folder may not be written.</exception>
    public static void RequireFile(string path)
    {
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new ArgumentException($"--out '{path}': expected the name of a file, found that of a folder.");
        }
        RequireName(path, Path.GetFileName(path), TemporaryEnding);
        RequireWritable(path, Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Requires that a model at <paramref name="path"/> would not contradict the manifest beside it.</summary>
    /// <exception cref="ArgumentException">A manifest there has the digest of the file that would be replaced.</exception>
    public static void RequireNoManifest(string path)
    {
        string manifest = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, RunLayout.Manifest);
        if (ModelManifest.HasDigest(manifest, path))
        {
            throw new ArgumentException($"--out '{path}': expected a name that is not in '{manifest}', which has the digest of the model "
                + "there; name another file.");
        }
    }

    /// <summary>Requires that files can be made in the folder <paramref name="path"/>, which may not exist yet.</summary>
    /// <exception cref="ArgumentException">A file has that name, or the folder may not be written.</exception>
    public static void RequireFolder(string path)
    {
        if (File.Exists(path))
        {
            throw new ArgumentException($"--out '{path}': expected a folder, found a file of that name.");
        }
        RequireWritable(path, Path.GetFullPath(path));
    }

    // Files are written under names of up to so many bytes more, such as ".NAME.PID.tmp" and ".NAME.labels.npy.tmp".
    const int TemporaryEnding = 24;

    // Of one name in a path, in nearly every file system; and of a path on Linux.
    const int LongestName = 255, LongestPath = 4095;

    static void RequireName(string path, string name, int more)
    {
        if (name.Any(char.IsControl))
        {
            throw new ArgumentException($"--out '{path}': expected a name without control characters; name another.");
        }
        int size = Encoding.UTF8.GetByteCount(name);
        if (size > LongestName - more)
        {
            throw new ArgumentException($"--out '{path}': expected names of at most {LongestName - more} bytes, found one of {size}; "
                + "name a shorter one.");
        }
        if (Encoding.UTF8.GetByteCount(Path.GetFullPath(path)) > LongestPath - LongestName)
        {
            throw new ArgumentException($"--out '{path}': expected a path of at most {LongestPath - LongestName} bytes; name a shorter "
                + "one.");
        }
    }

    static void RequireWritable(string path, string? folder)
    {
        while (folder is not null && !Directory.Exists(folder))
        {
            RequireName(path, Path.GetFileName(folder), 0);
            if (File.Exists(folder))
            {
                throw new ArgumentException($"--out '{path}': expected folders, found the file '{folder}' among them.");
            }
            folder = Path.GetDirectoryName(folder);
        }
        try
        {
            string trial = Path.Combine(folder ?? "", $".uvl-{Environment.ProcessId}.tmp");
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
        }
        catch (Exception error)
            when (error is UnauthorizedAccessException or DirectoryNotFoundException or FileNotFoundException or PathTooLongException
                || IsReadOnly(error))
        {
            throw new ArgumentException($"--out '{path}': expected a folder that files can be made in, found '{folder}', where they "
                + "cannot; name another place or change its permissions.", error);
        }
    }

    // EROFS.
    static bool IsReadOnly(Exception error) => error is IOException && error.HResult == 30 && !OperatingSystem.IsWindows();
}
