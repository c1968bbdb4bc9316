using System.Globalization;
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
    // Of a job: pods that succeeded, the indexes that failed, and Complete or Failed once it has ended.
    const string Format = "jsonpath={.status.succeeded}|{.status.failedIndexes}|{.status.conditions[?(@.status==\"True\")].type}";

    readonly record struct State(int Succeeded, string FailedIndexes, string Conditions)
    {
        public bool HasEnded => Conditions.Split(' ').Any(condition => condition is "Complete" or "Failed");

        public bool IsComplete => Conditions.Split(' ').Contains("Complete");
    }

    /// <summary>Whether there is a kubectl.</summary>
    public static bool IsPossible => EngineProgram.Run("kubectl", ["version", "--client"]) is not null;

    /// <summary>Applies what does not run yet. Jobs that ended are deleted first: shards that they finished are skipped.</summary>
    /// <exception cref="IOException">The cluster refuses, or does not answer; the message has its words.</exception>
    public void Apply()
    {
        if (StateOf(job.EmbedName) is { HasEnded: false })
        {
            terminal.Note($"job {job.EmbedName} of an earlier run goes on; following it");
            return;
        }
        Call("delete", "job", job.EmbedName, job.MergeName, "--ignore-not-found");
        Call("apply", "--filename", job.EmbedManifest);
        terminal.Line($"applied {job.EmbedName}, {Printable.Count(job.ShardCount, "shard")}; manifests are in {job.Folder}");
        terminal.Event("submitted", new JsonObject { ["shards"] = job.ShardCount, ["job"] = job.EmbedName, ["folder"] = job.Folder });
    }

    /// <summary>Waits for the shards, then merges.</summary>
    /// <returns>The exit code: 0, or 75 where a job failed.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the jobs go on.</exception>
    public int Follow(CancellationToken cancellation)
    {
        (State embedded, State? merged) = (default, null);
        terminal.WithProgress("embedding on Kubernetes", job.ShardCount, "shards", tell =>
        {
            embedded = Wait(job.EmbedName, state => tell(state.Succeeded, ""), cancellation);
            if (embedded.IsComplete)
            {
                Call("apply", "--filename", job.MergeManifest);
                merged = Wait(job.MergeName, _ => tell(job.ShardCount, "merging"), cancellation);
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

    State Wait(string name, Action<State> tell, CancellationToken cancellation)
    {
        while (true)
        {
            if (StateOf(name) is not State state)
            {
                throw new IOException($"job {name}: expected it in the cluster, found none; it was deleted");
            }
            if (state.HasEnded)
            {
                return state;
            }
            tell(state);
            if (cancellation.WaitHandle.WaitOne(pause))
            {
                throw new OperationCanceledException($"stopped following; job {name} goes on: the same command follows it again, "
                    + "kubectl delete "
                    + $"job {name} ends it");
            }
        }
    }

    // Null where there is no such job.
    static State? StateOf(string name)
    {
        string[] parts = Call("get", "job", name, "--ignore-not-found", "--output", Format).Trim().Split('|');
        return parts.Length < 3 ? null
            : new(int.TryParse(parts[0], CultureInfo.InvariantCulture, out int succeeded) ? succeeded : 0, parts[1], parts[2]);
    }

    static string Call(params string[] words)
    {
        EngineProgram.End end = EngineProgram.Run("kubectl", words) ?? throw new IOException("kubectl: expected it on the PATH, found "
            + "none");
        return end.Status == 0 ? end.Output : throw new IOException($"kubectl {words[0]} ended with {end.Status}: {end.Error.Trim()}");
    }
}
