using System.Globalization;
using System.Text;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>An array job that embeds shards, and the job that merges them: their scripts, and the folder that holds them.</summary>
/// <param name="Folder">Where the scripts, the logs and the exit codes lie.</param>
/// <param name="Output">The file that the merge makes.</param>
/// <param name="ShardCount">Tasks of the array, at least 1.</param>
sealed record SlurmJob(string Folder, string Output, int ShardCount)
{
    /// <summary>The program and its first words.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Words of <c>uvl embed</c>: the model and options.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Options of both jobs for sbatch, such as <c>--partition=long</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Options of the array alone.</summary>
    public IReadOnlyList<string> ArrayOptions { get; init; } = [];

    public string EmbedScript => Path.Combine(Folder, "embed.sbatch");

    public string MergeScript => Path.Combine(Folder, "merge.sbatch");

    public string Log(int shard) => Path.Combine(Folder, "logs", string.Create(CultureInfo.InvariantCulture, $"{shard}.log"));

    public string MergeLog => Path.Combine(Folder, "logs", "merge.log");

    /// <summary>Where each task leaves its exit code and its node.</summary>
    public string StatusFolder => Path.Combine(Folder, "status");

    /// <summary>Writes both scripts and makes the folders. Exit codes stay only where the same scripts left them.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Write()
    {
        string embed = Embed(), merge = Merge();
        if (!File.Exists(EmbedScript) || File.ReadAllText(EmbedScript) != embed)
        {
            Clear();
        }
        Directory.CreateDirectory(Path.Combine(Folder, "logs"));
        Directory.CreateDirectory(StatusFolder);
        AtomicFile.WriteTexts((EmbedScript, embed), (MergeScript, merge));
    }

    /// <summary>Forgets the exit codes.</summary>
    public void Clear()
    {
        if (Directory.Exists(StatusFolder))
        {
            Directory.Delete(StatusFolder, recursive: true);
        }
        Directory.CreateDirectory(StatusFolder);
    }

    /// <summary>The array as sbatch takes it: <c>0-3,7</c>.</summary>
    public static string ArrayOf(IReadOnlyList<int> shards)
    {
        var text = new StringBuilder();
        for (int i = 0; i < shards.Count; i++)
        {
            int first = shards[i];
            while (i + 1 < shards.Count && shards[i + 1] == shards[i] + 1)
            {
                i++;
            }
            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture,
                $"{first}{(shards[i] == first ? "" : $"{(shards[i] == first + 1 ? "," : "-")}{shards[i]}")}");
        }
        return text.ToString();
    }

    string Embed() => Script("embed.sbatch", "%a.log", [.. Options, .. ArrayOptions],
        string.Create(CultureInfo.InvariantCulture, $"shard=$SLURM_ARRAY_TASK_ID/{ShardCount}"), Words);

    string Merge() => Script("merge.sbatch", "merge.log", Options, "", ["--out", Output]);

    string Script(string name, string log, IReadOnlyList<string> options, string setting, IReadOnlyList<string> words) =>
        SlurmScript.Of(name, [$"--output={Path.Combine(Path.GetFullPath(Folder), "logs", log)}", .. options],
            $"uvl=({SlurmScript.Shell(Program)}) status={Printable.Word(Path.GetFullPath(StatusFolder))} {setting}", words);
}
