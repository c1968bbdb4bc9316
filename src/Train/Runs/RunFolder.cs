using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;

namespace Toolchain.Train.Runs;

/// <summary>The folder of one training run: <c>runs/METHOD/NAME-NNN</c> unless the user names another.</summary>
sealed class RunFolder
{
    // The run that this one is a restart of.
    readonly RunFolder? owner;

    RunFolder(string path, RunFolder? owner = null) => (Path, this.owner) = (path, owner);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The resolved options.</summary>
    internal string Config => owner?.Config ?? In(RunLayout.Config);

    /// <summary>Digest of the configuration, which checkpoints and manifest carry; empty where there is none.</summary>
    internal string ConfigSha256 => File.Exists(Config) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Config))) : "";

    /// <summary>Losses by step.</summary>
    internal string Metrics => In(RunLayout.Metrics);

    /// <summary>The latest state.</summary>
    internal string LastCheckpoint => In(RunLayout.Checkpoints, RunLayout.LastCheckpoint);

    /// <summary>The exported model.</summary>
    public string Model => In(RunLayout.Model);

    /// <summary>Digests, versions, times; written last, so that its presence means a finished run.</summary>
    public string Manifest => In(RunLayout.Manifest);

    /// <summary>The folder of pictures.</summary>
    internal string Pictures => In(RunLayout.Pictures);

    /// <summary>What the state after so many steps looks like, where the method can show it.</summary>
    internal string Picture(int step) =>
        System.IO.Path.Combine(Pictures, string.Create(CultureInfo.InvariantCulture, $"{RunLayout.StepPicture}{step:000000}.png"));

    /// <summary>The centres of a fitted clusterer.</summary>
    internal string CentrePicture => In(RunLayout.Pictures, RunLayout.CentrePicture);

    /// <summary>What the run printed.</summary>
    internal string Log => In(RunLayout.Log);

    /// <summary>Makes the folder <paramref name="path"/>.</summary>
    /// <exception cref="ArgumentException">It exists and is not empty.</exception>
    public static RunFolder Create(string path)
    {
        RequireFree(path);
        Directory.CreateDirectory(path);
        return new RunFolder(path);
    }

    /// <summary>Requires that a run can be begun in <paramref name="path"/>.</summary>
    /// <exception cref="ArgumentException">A process trains in it, or it exists and is not empty.</exception>
    public static void RequireFree(string path)
    {
        RunLock.RequireNone(path);
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path)
            .Any(entry => !RunLock.IsPart(entry))))
        {
            throw new ArgumentException($"'{path}' exists and is not empty; name another folder with --out, or continue the run in it with "
                + $"--resume {path}.");
        }
    }

    /// <summary>Requires that nothing was trained in a folder yet.</summary>
    /// <exception cref="ArgumentException">A run was begun in it.</exception>
    internal static void RequireUnused(RunFolder run)
    {
        if (File.Exists(run.Config))
        {
            throw new ArgumentException($"'{run.Path}': another process began a run in it meanwhile; name another folder with --out, or "
                + $"continue that run with --resume {run.Path}.");
        }
    }

    /// <summary>Claims a folder, such as that of a sweep, which is made where it is not there, until the result is disposed.</summary>
    /// <exception cref="ArgumentException">Another process works in it.</exception>
    public static IDisposable Claim(string path)
    {
        Directory.CreateDirectory(path);
        return RunLock.Take(path);
    }

    /// <summary>Claims the folder for this process until the result is disposed.</summary>
    /// <exception cref="ArgumentException">Another process works in it.</exception>
    internal IDisposable Lock() => RunLock.Take(Path);

    /// <summary>Deletes the folder of a run that ended before it had anything to continue from.</summary>
    /// <returns>Whether it was deleted.</returns>
    public bool DiscardIfBlank()
    {
        bool hasSteps = new FileInfo(Metrics) is { Exists: true, Length: > 0 };
        if (hasSteps || NewestCheckpoint is not null || File.Exists(Model) || RunLock.IsTaken(Path))
        {
            return false;
        }
        Directory.Delete(Path, recursive: true);
        return true;
    }

    /// <summary>
    /// Makes the next free numbered folder under <paramref name="root"/>/<paramref name="method"/>; safe beside other processes.
    /// </summary>
    public static RunFolder CreateNext(string root, string method, string name = "run")
    {
        string parent = System.IO.Path.Combine(root, method);
        Directory.CreateDirectory(parent);
        for (int number = 1; ; number++)
        {
            string path = System.IO.Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"{name}-{number:000}"));
            if (!Directory.Exists(path) && TryClaim(path))
            {
                return new RunFolder(path);
            }
        }
    }

    /// <summary>Opens the folder of an earlier run.</summary>
    /// <exception cref="InvalidDataException">It holds no run, or is a bundle.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(path);
        // A bundle has a config.json too: that of transformers.js.
        if (File.Exists(System.IO.Path.Combine(path, RunLayout.Bundled, RunLayout.Model)))
        {
            throw new InvalidDataException($"'{path}': expected a run folder, which has the run's options and checkpoints, found a bundle, "
                + "which has the exported model alone; name the folder that 'uvl train' printed.");
        }
        return File.Exists(run.Config)
            ? run
            : throw new InvalidDataException($"'{path}': expected a run folder with config.json, found none; name the folder that "
                + "'uvl train' printed.");
    }

    /// <summary>
    /// The newest run of <paramref name="method"/> under <paramref name="root"/> that has begun, has no manifest yet, and in which no
    /// process works; or null.
    /// </summary>
    public static RunFolder? LatestUnfinished(string root, string method)
    {
        string parent = System.IO.Path.Combine(root, method);
        return Directory.Exists(parent)
            ? Directory.GetDirectories(parent).OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal)
                .Select(path => new RunFolder(path))
                .FirstOrDefault(run => File.Exists(run.Config) && !File.Exists(run.Manifest) && run.HasBegun && !RunLock.IsTaken(run.Path))
            : null;
    }

    /// <summary>The folder of one of several restarts, a run of its own.</summary>
    /// <param name="number">0-based number of the restart.</param>
    internal RunFolder Restart(int number)
    {
        string path = In(RunLayout.Restarts, number.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(path);
        return new RunFolder(path, this);
    }

    /// <summary>Wall time that it took up to the latest checkpoint.</summary>
    internal TimeSpan TimeTaken
    {
        get => !File.Exists(Seconds) ? TimeSpan.Zero
            : double.TryParse(File.ReadAllText(Seconds), CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e9
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidDataException($"'{Seconds}': expected a number of seconds, found '{File.ReadAllText(Seconds)}'; "
                + "write 0 into it to continue.");
        set => AtomicFile.WriteText(Seconds, value.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Wall time that it and its restarts took up to their latest checkpoints.</summary>
    internal TimeSpan TimeTakenInAll => RestartFolders.Aggregate(TimeTaken, (sum, restart) => sum + restart.TimeTaken);

    /// <summary>
    /// The latest state: of the run or, before one of its restarts is selected, of its latest restart; null where there is none.
    /// </summary>
    internal string? NewestCheckpoint => File.Exists(LastCheckpoint) ? LastCheckpoint
        : RestartFolders.Select(restart => restart.LastCheckpoint).LastOrDefault(File.Exists);

    /// <summary>Reads the manifest of a finished run.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is no object in JSON.</exception>
    internal JsonObject ReadManifest()
    {
        if (!File.Exists(Manifest))
        {
            throw new InvalidDataException($"'{Path}': expected manifest.json of a finished run, found none; finish it with --resume "
                + $"{Path}.");
        }
        try
        {
            return JsonNode.Parse(File.ReadAllText(Manifest)) as JsonObject ?? throw new JsonException("no object");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{Manifest}': expected a manifest in JSON, found {JsonFault.Of(error)}; "
                + "train the run again.", error);
        }
    }

    /// <summary>Adds a line to the log.</summary>
    internal void Say(string line) => File.AppendAllText(Log, line + "\n");

    // Making a folder succeeds even where it stands; making a new file in it does not.
    static bool TryClaim(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            using var claim = new FileStream(System.IO.Path.Combine(path, RunLayout.Log), FileMode.CreateNew);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    string Seconds => In(RunLayout.Checkpoints, RunLayout.Seconds);

    // The log has its first line once the images are there.
    bool HasBegun => new FileInfo(Log) is { Exists: true, Length: > 0 };

    // In the order of their numbers.
    IEnumerable<RunFolder> RestartFolders => Directory.Exists(In(RunLayout.Restarts))
        ? Directory.GetDirectories(In(RunLayout.Restarts)).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal)
            .Select(path => new RunFolder(path))
        : [];

    string In(params string[] names) => System.IO.Path.Combine([Path, .. names]);
}
