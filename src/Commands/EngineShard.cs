using System.Globalization;
using Toolchain.Inference;

namespace Toolchain.Commands;

/// <summary>
/// The shard of this task as the engine that started it says: a Slurm job array, a Kubernetes Indexed Job, or the ranks of MPI or PMIx.
/// </summary>
static class EngineShard
{
    // Of an Indexed Job, whose pods are told their index but not how many they are.
    const string PodCount = "JOB_COMPLETIONS";

    // The variables of index and count, and of the lowest index where it is not 0.
    sealed record Engine(string Index, string Count, string? First = null);

    static readonly Engine[] engines =
    [
        new("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"),
        new("JOB_COMPLETION_INDEX", PodCount),
        new("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        new("PMI_RANK", "PMI_SIZE"),
        new("PMIX_RANK", "PMIX_SIZE"),
        new("SLURM_PROCID", "SLURM_NTASKS"),
    ];

    /// <summary>The shard that <c>--shard</c> names; null without one.</summary>
    /// <param name="text">i/n, or auto.</param>
    /// <exception cref="ArgumentException">It is neither, or no engine is found.</exception>
    public static Shard? Parse(string? text)
    {
        string[] parts = text?.Split('/') ?? [];
        return text is null ? null
            : text == "auto" ? Find(Environment.GetEnvironmentVariable)
            : parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && index < count
            ? new Shard(index, count)
            : throw new ArgumentException($"--shard '{text}': expected i/n with i in [0..n), such as 0/4, or auto.");
    }

    /// <summary>The shard of this task.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <exception cref="ArgumentException">No engine is found, or its numbers are no shard.</exception>
    public static Shard Find(Func<string, string?> variable)
    {
        foreach ((string index, string count, string? first) in engines)
        {
            if (variable(index) is { Length: > 0 } given)
            {
                int own = Number(index, given) - (first is not null && variable(first) is { Length: > 0 } low ? Number(first, low) : 0);
                string where = count == PodCount ? " in the pod's env to spec.completions" : "";
                int all = Number(count, variable(count) ?? throw new ArgumentException($"--shard auto: expected {count}, the number of "
                    + $"shards, beside {index}={given}, found none; set it{where}."));
                return own >= 0 && own < all ? new Shard(own, all)
                    : throw new ArgumentException($"--shard auto: expected {index} in [0..{count}={all}) from its lowest on, found "
                        + $"{given}; number the tasks one by one, such as --array=0-9.");
            }
        }
        throw new ArgumentException($"--shard auto: expected one of {string.Join(", ", engines.Select(engine => engine.Index))} in the "
            + "environment, found none; start it by a job array, an Indexed Job or mpirun, or name the shard as i/n.");
    }

    static int Number(string name, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new ArgumentException($"--shard auto: expected a whole number in {name}, found '{text}'.");
}
