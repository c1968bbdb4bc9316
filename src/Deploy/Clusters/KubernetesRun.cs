using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>Applies the jobs of a folder by kubectl, follows them, and tells what failed.</summary>
/// <param name="terminal">Receives progress and results.</param>
/// <param name="job">The jobs; their manifests are written.</param>
/// <param name="pause">Between two looks.</param>
sealed class KubernetesRun(Terminal terminal, KubernetesJob job, TimeSpan pause)
{
    /// <summary>Applies what does not run yet. Jobs that ended are deleted first: shards that they finished are skipped.</summary>
    /// <exception cref="IOException">The cluster refuses, or does not answer; the message has its words.</exception>
    public void Apply()
    {
        if (KubernetesQueue.StateOf(job.EmbedName) is { HasEnded: false })
        {
            terminal.Note($"job {job.EmbedName} of an earlier run goes on; following it");
            return;
        }
        KubernetesQueue.Call("delete", "job", job.EmbedName, job.MergeName, "--ignore-not-found");
        KubernetesQueue.Call("apply", "--filename", job.EmbedManifest);
        terminal.Line($"applied {job.EmbedName}, {Printable.Count(job.ShardCount, "shard")}; manifests are in {job.Folder}");
        terminal.Event("submitted", new JsonObject { ["shards"] = job.ShardCount, ["job"] = job.EmbedName, ["folder"] = job.Folder });
    }

    /// <summary>Waits for the shards, then merges.</summary>
    /// <returns>The exit code: 0, or 75 where a job failed.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the jobs go on.</exception>
    public int Follow(CancellationToken cancellation)
    {
        (KubernetesQueue.State embedded, KubernetesQueue.State? merged) = (default, null);
        terminal.WithProgress("embedding on Kubernetes", job.ShardCount, "shards", tell =>
        {
            embedded = KubernetesQueue.Wait(job.EmbedName, state => tell(state.Succeeded, ""), pause, cancellation);
            if (embedded.IsComplete)
            {
                KubernetesQueue.Call("apply", "--filename", job.MergeManifest);
                merged = KubernetesQueue.Wait(job.MergeName, _ => tell(job.ShardCount, "merging"), pause, cancellation);
            }
        });
        if (merged is { IsComplete: true })
        {
            terminal.Line($"merged {Printable.Count(job.ShardCount, "shard")} into {job.Output}");
            terminal.Event("merged", new JsonObject { ["path"] = job.Output, ["shards"] = job.ShardCount });
            return ExitCodes.Ok;
        }
        string failed = embedded.IsComplete ? job.MergeName : job.EmbedName;
        terminal.Event("failed", new JsonObject { ["job"] = failed, ["indexes"] = embedded.FailedIndexes });
        terminal.Note(embedded.IsComplete ? $"uvl: the merge failed; see kubectl logs job/{failed}; the same command submits it again"
            : $"uvl: shards {(embedded.FailedIndexes.Length > 0 ? embedded.FailedIndexes : "(none named)")} of {job.ShardCount} "
                + "failed; see "
            + $"kubectl logs --selector batch.kubernetes.io/job-name={failed},batch.kubernetes.io/job-completion-index=INDEX; the "
            + "same command "
            + "submits the job again, in which finished shards are skipped");
        return ExitCodes.Interrupted;
    }
}
