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

    string Embed() => Script("embed.sbatch", Path.Combine("logs", "%a.log"), [.. Options, .. ArrayOptions],
        string.Create(CultureInfo.InvariantCulture, $"shard=$SLURM_ARRAY_TASK_ID/{ShardCount}"), Words);

    string Merge() => Script("merge.sbatch", Path.Combine("logs", "merge.log"), Options, null, ["--out", Output]);

    // The scripts of deploy/slurm, with options for sbatch and with settings.
    string Script(string name, string log, IReadOnlyList<string> options, string? setting, IReadOnlyList<string> words)
    {
        using Stream stream = typeof(SlurmJob).Assembly.GetManifestResourceStream($"slurm/{name}")!;
        string text = new StreamReader(stream).ReadToEnd();
        string folder = Path.GetFullPath(Folder);
        string[] lines =
        [
            $"cd {Printable.Word(Environment.CurrentDirectory)} || exit",
            $"uvl=({Shell(Program)}) status={Printable.Word(Path.Combine(folder, "status"))}{(setting is null ? "" : $" {setting}")}",
            $"set -- {Shell(words)}",
        ];
        string[] all = [$"--output={Path.Combine(folder, log)}", .. options];
        const string last = "#SBATCH --open-mode=append\n", mark = "# settings\n";
        return text.Replace(last, last + string.Concat(all.Select(option => $"#SBATCH {Quoted(option)}\n")), StringComparison.Ordinal)
            .Replace(mark, string.Join('\n', lines) + "\n", StringComparison.Ordinal);
    }

    // As sbatch parts the words of such a line.
    static string Quoted(string option) => !option.Contains(' ', StringComparison.Ordinal) ? option
        : option.Split('=', 2) is [string name, string value] ? $"{name}=\"{value}\"" : option;

    static string Shell(IEnumerable<string> words) => string.Join(' ', words.Select(Printable.Word));
}
