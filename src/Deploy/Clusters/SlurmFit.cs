using System.Globalization;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>A job whose tasks, the ranks, fit together in one long step: its script, and the folder that holds it.</summary>
/// <param name="Folder">Where the script, the logs and the exit codes lie.</param>
/// <param name="Output">The file that the fit makes.</param>
/// <param name="RankCount">Tasks of the step, at least 1.</param>
sealed record SlurmFit(string Folder, string Output, int RankCount)
{
    /// <summary>The program and its first words.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Words of the fit: verb, embeddings and options.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Options for sbatch, such as <c>--partition=long</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    public string Script => Path.Combine(Folder, "fit.sbatch");

    /// <summary>The number of the job.</summary>
    public string Memory => Path.Combine(Folder, "jobs");

    public string Log(int rank) => Path.Combine(Folder, "logs", string.Create(CultureInfo.InvariantCulture, $"{rank}.log"));

    public string JobLog => Path.Combine(Folder, "logs", "fit.log");

    /// <summary>Where each rank leaves its exit code and its node.</summary>
    public string StatusFolder => Path.Combine(Folder, "status");

    /// <summary>How the step ended; null before.</summary>
    public TaskEnd? End => SlurmStatus.Read(StatusFolder, "fit");

    /// <summary>How each rank ended; null for one that was killed, or ended because another failed.</summary>
    public TaskEnd?[] Ranks =>
        [.. Enumerable.Range(0, RankCount).Select(rank => SlurmStatus.Read(StatusFolder, rank.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>Writes the script and makes the folders.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Write()
    {
        string folder = Path.GetFullPath(Folder), logs = Path.Combine(folder, "logs");
        string ranks = RankCount.ToString(CultureInfo.InvariantCulture);
        Directory.CreateDirectory(logs);
        Directory.CreateDirectory(StatusFolder);
        AtomicFile.WriteText(Script, SlurmScript.Of("fit.sbatch",
            [$"--output={Path.Combine(logs, "fit.log")}", $"--ntasks={ranks}", .. Options],
            $"uvl=({SlurmScript.Shell(Program)}) ranks={ranks} status={Printable.Word(Path.Combine(folder, "status"))} "
                + $"logs={Printable.Word(logs)}", Words));
    }

    /// <summary>Forgets the exit codes.</summary>
    public void Clear()
    {
        foreach (string file in Directory.GetFiles(StatusFolder))
        {
            File.Delete(file);
        }
    }
}
