using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>Submits the job of a shared fit, follows it, and tells which ranks failed.</summary>
/// <param name="terminal">Receives progress and results.</param>
/// <param name="job">The job; its script is written.</param>
/// <param name="pause">Between two looks at the queue.</param>
sealed class SlurmFitRun(Terminal terminal, SlurmFit job, TimeSpan pause)
{
    // Looks after the queue is empty: a shared folder may show files late.
    const int LateLooks = 3;

    /// <summary>Submits the job, unless that of an earlier run is still there.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="IOException">Slurm refuses it, or does not answer.</exception>
    public string Submit()
    {
        if (File.Exists(job.Memory) && File.ReadAllText(job.Memory).Trim() is { Length: > 0 } earlier)
        {
            int waiting = SlurmQueue.CountOf(earlier)
                ?? throw new IOException("squeue: expected an answer about the job of an earlier run, found none; wait for Slurm's "
                    + "controller");
            if (waiting > 0)
            {
                terminal.Note($"job {earlier} of an earlier run goes on; following it");
                return earlier;
            }
        }
        job.Clear();
        string number = SlurmQueue.Submit(job.Script);
        AtomicFile.WriteText(job.Memory, $"{number}\n");
        terminal.Line($"submitted {Printable.Count(job.RankCount, "rank")} as job {number}; script and logs are in {job.Folder}");
        terminal.Event("submitted", new JsonObject { ["ranks"] = job.RankCount, ["job"] = number, ["folder"] = job.Folder });
        return number;
    }

    /// <summary>Waits until the job ends, and tells how.</summary>
    /// <returns>The exit code: 0, that of all ranks that failed where it is the same, or else 75.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the job goes on.</exception>
    public int Follow(string number, CancellationToken cancellation)
    {
        terminal.WithProgress("ranks on Slurm", 0, "steps", tell =>
        {
            bool isDeaf = false;
            for (int late = 0; late < LateLooks && job.End is null;)
            {
                int? waiting = SlurmQueue.CountOf(number);
                tell(Steps(), waiting is null ? "Slurm's controller does not answer" : "");
                if (waiting is null && !isDeaf)
                {
                    terminal.Note("squeue: no answer; ranks that run go on, and so does the wait for them");
                }
                isDeaf = waiting is null;
                late = waiting == 0 ? late + 1 : 0;
                if (cancellation.WaitHandle.WaitOne(pause))
                {
                    throw new OperationCanceledException($"stopped following; job {number} goes on: the same command follows it again, "
                        + "scancel ends it");
                }
            }
        });
        return Report();
    }

    // Results of steps that the ranks have shared so far.
    int Steps()
    {
        try
        {
            return Directory.GetFiles($"{job.Output}.fit", "*.total").Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    int Report()
    {
        if (job.End is { Code: ExitCodes.Ok })
        {
            terminal.Line(SlurmStatus.LastLine(job.Log(0)) ?? $"rank 0 wrote {job.Output}");
            terminal.Event("fitted", new JsonObject { ["path"] = job.Output, ["ranks"] = job.RankCount });
            return ExitCodes.Ok;
        }
        (int Rank, TaskEnd End)[] failed = [.. job.Ranks.Index()
            .Where(rank => rank.Item is { Code: not ExitCodes.Ok }).Select(rank => (rank.Index, rank.Item!.Value))];
        foreach ((int rank, TaskEnd end) in failed)
        {
            Tell(string.Create(CultureInfo.InvariantCulture, $"rank {rank}: exit code {end.Code} on {end.Node}"), job.Log(rank));
            terminal.Event("failed", new JsonObject
            {
                ["rank"] = rank,
                ["exit_code"] = end.Code,
                ["node"] = end.Node,
                ["log"] = job.Log(rank),
            });
        }
        if (failed.Length == 0)
        {
            Tell("no rank left an exit code (killed, a node lost, or cancelled)", job.JobLog);
            terminal.Event("failed", new JsonObject { ["rank"] = null, ["log"] = job.JobLog });
        }
        string what = failed.Length == 0 ? "the job"
            : string.Create(CultureInfo.InvariantCulture, $"{failed.Length} of {Printable.Count(job.RankCount, "rank")}");
        terminal.Note($"uvl: {what} failed; the same command goes on from the last step, or: sbatch {Printable.Word(job.Script)}");
        int[] codes = [.. failed.Select(one => one.End.Code).Distinct()];
        return codes is [int code] ? code : ExitCodes.Interrupted;
    }

    void Tell(string what, string log)
    {
        string? last = SlurmStatus.LastLine(log);
        terminal.Note($"{what}; log {log}{(last is null ? "" : $": {last}")}");
    }
}
