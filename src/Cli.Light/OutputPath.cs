namespace Toolchain.Cli.Light;

/// <summary>Targets of commands, checked before work is put into them.</summary>
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
        RequireWritable(path, Path.GetDirectoryName(Path.GetFullPath(path)));
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

    static void RequireWritable(string path, string? folder)
    {
        while (folder is not null && !Directory.Exists(folder))
        {
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
            when (error is UnauthorizedAccessException or DirectoryNotFoundException or PathTooLongException || IsReadOnly(error))
        {
            throw new ArgumentException($"--out '{path}': '{folder}' may not be written ({error.Message}); name another place.", error);
        }
    }

    // EROFS.
    static bool IsReadOnly(Exception error) => error is IOException && error.HResult == 30 && !OperatingSystem.IsWindows();
}
