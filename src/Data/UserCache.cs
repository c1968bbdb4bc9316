namespace Toolchain.Data;

/// <summary>
/// The folder in which this program keeps files for later runs: downloads, and digests of models that passed their trial.
/// </summary>
public static class UserCache
{
    /// <summary><c>uvl</c> in XDG_CACHE_HOME or ~/.cache, or in LocalApplicationData on Windows; it may not exist yet.</summary>
    public static string Folder
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "uvl");
            }
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            // The XDG base directory specification: a relative path is to be ignored.
            if (Path.IsPathRooted(cache))
            {
                return Path.Combine(cache, "uvl");
            }
            // Without a home, never the current folder.
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.IsPathRooted(home) ? Path.Combine(home, ".cache", "uvl")
                : Path.Combine(Path.GetTempPath(), $"uvl-{Environment.UserName}");
        }
    }
}
