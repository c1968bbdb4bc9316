using System.Globalization;
using Toolchain.Data;

namespace Toolchain.Train.Running;

/// <summary>The folder of one training run: <c>runs/METHOD/NAME-NNN</c> unless the user names another.</summary>
public sealed class RunFolder
{
    RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The resolved options.</summary>
    public string Config => In("config.json");

    /// <summary>Losses by step.</summary>
    public string Metrics => In("metrics.jsonl");

    /// <summary>The latest state.</summary>
    public string LastCheckpoint => In("checkpoints", "last.safetensors");

    /// <summary>The exported model.</summary>
    public string Model => In("model.onnx");

    /// <summary>Digests, versions, times; written last, so that its presence says that the run is whole.</summary>
    public string Manifest => In("manifest.json");

    /// <summary>The folder of pictures.</summary>
    public string Pictures => In("pictures");

    /// <summary>What the state after so many steps looks like, where the method can show it.</summary>
    public string Picture(int step) => System.IO.Path.Combine(Pictures, string.Create(CultureInfo.InvariantCulture, $"step-{step:000000}.png"));

    /// <summary>The centres of a fitted clusterer.</summary>
    public string CentrePicture => In("pictures", "centres.png");

    /// <summary>What the run said.</summary>
    public string Log => In("train.log");

    /// <summary>Makes the folder <paramref name="path"/>.</summary>
    /// <exception cref="ArgumentException">It exists and is not empty.</exception>
    public static RunFolder Create(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new ArgumentException($"'{path}' exists and is not empty; name another folder with --out, or continue the run in it with --resume {path}.");
        }
        Directory.CreateDirectory(path);
        return new RunFolder(path);
    }

    /// <summary>Makes the next free numbered folder under <paramref name="root"/>/<paramref name="method"/>; safe beside other processes.</summary>
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
    /// <exception cref="InvalidDataException">It holds no run.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(path);
        return File.Exists(run.Config)
            ? run
            : throw new InvalidDataException($"'{path}': expected a run folder with config.json, found none; name the folder that 'uvl train' printed.");
    }

    /// <summary>The newest run of <paramref name="method"/> under <paramref name="root"/> that has no manifest yet, or null.</summary>
    public static RunFolder? LatestUnfinished(string root, string method)
    {
        string parent = System.IO.Path.Combine(root, method);
        return Directory.Exists(parent)
            ? Directory.GetDirectories(parent).OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal).Select(path => new RunFolder(path))
                .FirstOrDefault(run => File.Exists(run.Config) && !File.Exists(run.Manifest))
            : null;
    }

    /// <summary>The folder of one of several starts, a run of its own.</summary>
    /// <param name="number">0-based number of the start.</param>
    public RunFolder Start(int number)
    {
        string path = In("starts", number.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(path);
        return new RunFolder(path);
    }

    /// <summary>Wall time that it took up to the latest checkpoint.</summary>
    public TimeSpan TimeTaken
    {
        get => File.Exists(Seconds) ? TimeSpan.FromSeconds(double.Parse(File.ReadAllText(Seconds), CultureInfo.InvariantCulture)) : TimeSpan.Zero;
        set => AtomicFile.WriteText(Seconds, value.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Wall time that it and its starts took up to their latest checkpoints.</summary>
    public TimeSpan TimeTakenInAll => StartFolders.Aggregate(TimeTaken, (sum, start) => sum + start.TimeTaken);

    /// <summary>The latest state: of the run or, before one of its starts is chosen, of its latest start; null where there is none.</summary>
    public string? NewestCheckpoint => File.Exists(LastCheckpoint) ? LastCheckpoint : StartFolders.Select(start => start.LastCheckpoint).LastOrDefault(File.Exists);

    /// <summary>Adds a line to the log.</summary>
    public void Say(string line) => File.AppendAllText(Log, line + "\n");

    // Making a folder succeeds even where it stands; making a new file in it does not.
    static bool TryClaim(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            using var claim = new FileStream(System.IO.Path.Combine(path, "train.log"), FileMode.CreateNew);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    string Seconds => In("checkpoints", "seconds.txt");

    // In the order of their numbers.
    IEnumerable<RunFolder> StartFolders => Directory.Exists(In("starts"))
        ? Directory.GetDirectories(In("starts")).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).Select(path => new RunFolder(path))
        : [];

    string In(params string[] names) => System.IO.Path.Combine([Path, .. names]);
}
