using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>Submits the jobs of a folder, follows them, and tells what failed.</summary>
/// <param name="terminal">Receives progress and results.</param>
/// <param name="job">The jobs; their scripts are written.</param>
/// <param name="pause">Between two looks at the queue.</param>
sealed class SlurmRun(Terminal terminal, SlurmJob job, TimeSpan pause)
{
    // Looks after the queue is empty: a shared folder may show files late.
    const int LateLooks = 3;

    string Memory => Path.Combine(job.Folder, "jobs");

    /// <summary>Submits what is not done yet, unless the jobs of an earlier run are still there.</summary>
    /// <param name="atOnce">Most tasks at once; 0 for no limit.</param>
    /// <returns>The numbers of the jobs.</returns>
    public string[] Submit(int atOnce)
    {
        if (File.Exists(Memory) && File.ReadAllText(Memory).Split() is [{ Length: > 0 } array, { Length: > 0 } merge, ..])
        {
            int waiting = SlurmQueue.CountOf(array, merge)
                ?? throw new IOException("squeue: expected an answer about the jobs of an earlier run, found none; wait for Slurm's "
                    + "controller");
            if (waiting > 0)
            {
                terminal.Note($"jobs {array} and {merge} of an earlier run go on; following them");
                return [array, merge];
            }
        }
        if (SlurmStatus.Merge(job) is { Code: ExitCodes.Ok })
        {
            job.Clear();
        }
        int[] left = Failed(SlurmStatus.Shards(job));
        File.Delete(Path.Combine(job.StatusFolder, "merge"));
        string limit = atOnce > 0 ? string.Create(CultureInfo.InvariantCulture, $"%{atOnce}") : "";
        string[] jobs = [left.Length == 0 ? SlurmQueue.Submit(job.MergeScript)
            : SlurmQueue.Submit($"--array={SlurmJob.ArrayOf(left)}{limit}", job.EmbedScript)];
        if (left.Length > 0)
        {
            jobs = [jobs[0], SlurmQueue.Submit($"--dependency=afterok:{jobs[0]}", "--kill-on-invalid-dep=yes", job.MergeScript)];
        }
        AtomicFile.WriteText(Memory, $"{jobs[0]} {jobs[^1]}\n");
        terminal.Line($"submitted {Printable.Count(left.Length, "shard")} as job {jobs[0]}, the merge as job {jobs[^1]}; scripts and logs "
            + $"are in {job.Folder}");
        terminal.Event("submitted", new JsonObject
        {
            ["shards"] = left.Length,
            ["job"] = jobs[0],
            ["merge_job"] = jobs[^1],
            ["folder"] = job.Folder,
        });
        return jobs;
    }

    /// <summary>Waits until the jobs end, and tells how.</summary>
    /// <returns>The exit code: 0, that of all tasks that failed where it is the same, or else 75.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the jobs go on.</exception>
    public int Follow(string[] jobs, CancellationToken cancellation)
    {
        terminal.WithProgress("embedding on Slurm", job.ShardCount, "shards", tell =>
        {
            bool isDeaf = false;
            for (int late = 0; late < LateLooks && SlurmStatus.Merge(job) is null;)
            {
                int? waiting = SlurmQueue.CountOf(jobs);
                int done = SlurmStatus.Shards(job).Count(end => end is { Code: ExitCodes.Ok });
                tell(done, waiting is null ? "Slurm's controller does not answer" : done == job.ShardCount ? "merging" : "");
                if (waiting is null && !isDeaf)
                {
                    terminal.Note("squeue: no answer; tasks that run go on, and so does the wait for them");
                }
                isDeaf = waiting is null;
                late = waiting == 0 ? late + 1 : 0;
                if (cancellation.WaitHandle.WaitOne(pause))
                {
                    throw new OperationCanceledException($"stopped following; jobs {string.Join(" and ", jobs)} go on: the same command "
                        + "follows them again, scancel ends them");
                }
            }
        });
        return Report();
    }

    int Report()
    {
        TaskEnd?[] ends = SlurmStatus.Shards(job);
        int[] failed = Failed(ends);
        foreach (int shard in failed)
        {
            Tell($"shard {shard}", ends[shard], job.Log(shard));
            terminal.Event("failed", new JsonObject
            {
                ["shard"] = shard,
                ["exit_code"] = ends[shard]?.Code,
                ["node"] = ends[shard]?.Node,
                ["log"] = job.Log(shard),
            });
        }
        if (failed.Length > 0)
        {
            terminal.Note($"uvl: {Printable.Count(failed.Length, "shard")} of {job.ShardCount} failed; the same command submits just "
                + $"those, or: sbatch --array={SlurmJob.ArrayOf(failed)} {Printable.Word(job.EmbedScript)}");
            int?[] codes = [.. failed.Select(shard => ends[shard]?.Code).Distinct()];
            return codes is [int code] ? code : ExitCodes.Interrupted;
        }
        if (SlurmStatus.Merge(job) is { Code: ExitCodes.Ok })
        {
            terminal.Line(SlurmStatus.LastLine(job.MergeLog) ?? $"merged into {job.Output}");
            terminal.Event("merged", new JsonObject { ["path"] = job.Output, ["shards"] = job.ShardCount });
            return ExitCodes.Ok;
        }
        Tell("the merge", SlurmStatus.Merge(job), job.MergeLog);
        terminal.Note($"uvl: the merge failed; the same command submits it again, or: sbatch {Printable.Word(job.MergeScript)}");
        return SlurmStatus.Merge(job)?.Code ?? ExitCodes.Interrupted;
    }

    static int[] Failed(TaskEnd?[] ends) =>
        [.. ends.Index().Where(shard => shard.Item is not { Code: ExitCodes.Ok }).Select(shard => shard.Index)];

    void Tell(string what, TaskEnd? end, string log)
    {
        string how = end is { } known ? string.Create(CultureInfo.InvariantCulture, $"exit code {known.Code} on {known.Node}")
            : "no exit code (killed, its node lost, or cancelled)";
        string? last = SlurmStatus.LastLine(log);
        terminal.Note($"{what}: {how}; log {log}{(last is null ? "" : $": {last}")}");
    }
}
