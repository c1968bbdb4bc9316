using System.Globalization;

namespace Toolchain.Deploy.Clusters;

/// <summary>How one task ended.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Node">Where it ran.</param>
readonly record struct TaskEnd(int Code, string Node);

/// <summary>The exit codes that tasks left in a folder, one file each: no accounting database is needed.</summary>
static class SlurmStatus
{
    const string MergeName = "merge";

    /// <summary>How each shard ended; null for one that is not done, or was killed with its task.</summary>
    public static TaskEnd?[] Shards(SlurmJob job) =>
        [.. Enumerable.Range(0, job.ShardCount).Select(shard => Read(job.StatusFolder, shard.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>How the merge ended; null before.</summary>
    public static TaskEnd? Merge(SlurmJob job) => Read(job.StatusFolder, MergeName);

    /// <summary>The last line that is not empty of a task's log; null where there is none.</summary>
    public static string? LastLine(string log)
    {
        try
        {
            return File.ReadLines(log).LastOrDefault(line => line.Trim() != "");
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>How a task ended; null where it left nothing.</summary>
    /// <param name="folder">Where tasks leave their exit codes.</param>
    /// <param name="name">The task's file there.</param>
    public static TaskEnd? Read(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        try
        {
            string[] words = File.Exists(path) ? File.ReadAllText(path).Split(' ', StringSplitOptions.TrimEntries) : [];
            return words.Length == 2 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int code)
                ? new(code, words[1]) : null;
        }
        catch (IOException)
        {
            // Taken away by a task that starts again.
            return null;
        }
    }
}
