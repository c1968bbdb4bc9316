using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>Applies the job of a shared fit by kubectl, follows it, and tells which ranks failed.</summary>
/// <param name="terminal">Receives progress and results.</param>
/// <param name="job">The job; its manifest is written.</param>
/// <param name="pause">Between two looks.</param>
sealed class KubernetesFitRun(Terminal terminal, KubernetesFit job, TimeSpan pause)
{
    /// <summary>Applies the job unless it runs. One that ended is deleted first: the ranks go on from its last step.</summary>
    /// <exception cref="IOException">The cluster refuses, or does not answer; the message has its words.</exception>
    public void Apply()
    {
        if (KubernetesQueue.StateOf(job.JobName) is { HasEnded: false })
        {
            terminal.Note($"job {job.JobName} of an earlier run goes on; following it");
            return;
        }
        KubernetesQueue.Call("delete", "job", job.JobName, "--ignore-not-found");
        KubernetesQueue.Call("apply", "--filename", job.Manifest);
        terminal.Line($"applied {job.JobName}, {Printable.Count(job.RankCount, "rank")}; the manifest is in {job.Folder}");
        terminal.Event("submitted", new JsonObject { ["ranks"] = job.RankCount, ["job"] = job.JobName, ["folder"] = job.Folder });
    }

    /// <summary>Waits for the ranks.</summary>
    /// <returns>The exit code: 0, or 75 where the job failed.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the job goes on.</exception>
    public int Follow(CancellationToken cancellation)
    {
        KubernetesQueue.State state = default;
        terminal.WithProgress("ranks on Kubernetes", job.RankCount, "ranks", tell =>
            state = KubernetesQueue.Wait(job.JobName, now => tell(now.Succeeded, ""), pause, cancellation));
        if (state.IsComplete)
        {
            terminal.Line($"{Printable.Count(job.RankCount, "rank")} made {job.Output}");
            terminal.Event("fitted", new JsonObject { ["path"] = job.Output, ["ranks"] = job.RankCount });
            return ExitCodes.Ok;
        }
        terminal.Event("failed", new JsonObject { ["job"] = job.JobName, ["indexes"] = state.FailedIndexes });
        string failed = state.FailedIndexes.Length > 0 ? state.FailedIndexes : "(none named)";
        terminal.Note($"uvl: ranks {failed} of {job.RankCount} failed; see "
            + $"kubectl logs --selector batch.kubernetes.io/job-name={job.JobName},batch.kubernetes.io/job-completion-index=INDEX; the "
            + "same command submits the job again, which goes on from the last step");
        return ExitCodes.Interrupted;
    }
}
