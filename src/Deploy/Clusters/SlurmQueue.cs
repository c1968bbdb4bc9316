namespace Toolchain.Deploy.Clusters;

/// <summary>Slurm's own commands.</summary>
static class SlurmQueue
{
    /// <summary>Submits a script.</summary>
    /// <param name="words">Options, the script, and its arguments.</param>
    /// <returns>The number of the job.</returns>
    /// <exception cref="ArgumentException">There is no sbatch.</exception>
    /// <exception cref="IOException">It refuses the job, or cannot reach its controller; the message has its words.</exception>
    public static string Submit(params IEnumerable<string> words)
    {
        EngineProgram.End end = EngineProgram.Run("sbatch", ["--parsable", .. words])
            ?? throw new ArgumentException("sbatch: expected Slurm's sbatch on the PATH, found none; run on a login node of the cluster, "
                + "or write the scripts alone with --dry-run.");
        // JOB, or JOB;CLUSTER.
        return end.Status == 0 ? end.Output.Trim().Split(';')[0]
            : throw new IOException($"sbatch ended with {end.Status}: {end.Error.Trim()}");
    }

    /// <summary>How many tasks of these jobs wait or run; null where the controller does not answer.</summary>
    public static int? CountOf(params IEnumerable<string> jobs)
    {
        EngineProgram.End? said = EngineProgram.Run("squeue", ["--noheader", "--array", $"--jobs={string.Join(',', jobs)}",
            "--format=%i"]);
        return said is not { } found ? null
            : found.Status == 0 ? found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length
            // Forgotten since they ended.
            : found.Error.Contains("Invalid job id", StringComparison.Ordinal) ? 0 : null;
    }
}
