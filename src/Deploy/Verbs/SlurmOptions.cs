using System.CommandLine;
using Toolchain.Commands;

namespace Toolchain.Deploy.Verbs;

/// <summary>Options of <c>uvl submit slurm</c> that say how jobs are submitted and followed, made anew for each command.</summary>
sealed class SlurmOptions
{
    /// <summary>Options for sbatch.</summary>
    public Option<string[]> Sbatch { get; } = new("--sbatch")
    {
        HelpName = "NAME=VALUE",
        Description = "An option of Slurm's sbatch, for both jobs, such as partition=long; repeatable.",
        AllowMultipleArgumentsPerToken = false
    };

    /// <summary>Where the scripts lie.</summary>
    public Option<string?> Folder { get; } = new("--folder")
    {
        Description = "Scripts, logs and exit codes; by default the output's name and .slurm."
    };

    /// <summary>The tool.</summary>
    public Option<string?> Program { get; } = new("--uvl") { Description = "The tool on the nodes; by default this program." };

    /// <summary>Whether nothing is submitted.</summary>
    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Write the scripts and submit nothing." };

    /// <summary>Whether nothing is followed.</summary>
    public Option<bool> NoWait { get; } = new("--no-wait") { Description = "Submit and end; the same command follows the jobs later." };

    /// <summary>Seconds between two looks.</summary>
    public Option<double> Poll { get; } = new("--poll-seconds")
    {
        Description = "Between two looks at the queue.",
        DefaultValueFactory = _ => 5
    };

    /// <summary>The folder of an output's scripts.</summary>
    public string FolderOf(ParseResult parsed, string output) => parsed.GetValue(Folder) ?? $"{output}.slurm";

    /// <summary>The tool and its first words.</summary>
    public string[] ProgramOf(ParseResult parsed)
    {
        if (parsed.GetValue(Program) is string named)
        {
            return [named];
        }
        var start = ProgramStart.Same([]);
        return [start.FileName, .. start.ArgumentList.Select(Path.GetFullPath)];
    }

    /// <summary>Options for sbatch, as it takes them.</summary>
    public string[] SbatchOf(ParseResult parsed) => [.. (parsed.GetValue(Sbatch) ?? []).Select(option => $"--{option}")];

    /// <summary>The time between two looks.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static TimeSpan PauseOf(ParseResult parsed, Option<double> poll)
    {
        SubmitCommand.Require(parsed.GetValue(poll) is > 0 and <= 3600, "--poll-seconds: expected more than 0 and at most 3600.");
        return TimeSpan.FromSeconds(parsed.GetValue(poll));
    }
}
