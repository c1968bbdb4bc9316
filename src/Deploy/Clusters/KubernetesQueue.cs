using System.Globalization;

namespace Toolchain.Deploy.Clusters;

/// <summary>Jobs in a Kubernetes cluster, by kubectl.</summary>
static class KubernetesQueue
{
    // Of a job: pods that succeeded, the indexes that failed, and Complete or Failed once it has ended.
    const string Format = "jsonpath={.status.succeeded}|{.status.failedIndexes}|{.status.conditions[?(@.status==\"True\")].type}";

    /// <summary>How far a job is.</summary>
    public readonly record struct State(int Succeeded, string FailedIndexes, string Conditions)
    {
        public bool HasEnded => Conditions.Split(' ').Any(condition => condition is "Complete" or "Failed");

        public bool IsComplete => Conditions.Split(' ').Contains("Complete");
    }

    /// <summary>Whether there is a kubectl.</summary>
    public static bool IsPossible => EngineProgram.Run("kubectl", ["version", "--client"]) is not null;

    /// <summary>How far a job is; null where there is no such job.</summary>
    public static State? StateOf(string name)
    {
        string[] parts = Call("get", "job", name, "--ignore-not-found", "--output", Format).Trim().Split('|');
        return parts.Length < 3 ? null
            : new(int.TryParse(parts[0], CultureInfo.InvariantCulture, out int succeeded) ? succeeded : 0, parts[1], parts[2]);
    }

    /// <summary>Waits until a job ends.</summary>
    /// <param name="name">The job.</param>
    /// <param name="tell">Told how far it is.</param>
    /// <param name="pause">Between two looks.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">There is no such job any more.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the job goes on.</exception>
    public static State Wait(string name, Action<State> tell, TimeSpan pause, CancellationToken cancellation)
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
                    + $"kubectl delete job {name} ends it");
            }
        }
    }

    /// <summary>Calls kubectl; returns what it prints.</summary>
    /// <exception cref="IOException">The cluster refuses, or does not answer; the message has its words.</exception>
    public static string Call(params string[] words)
    {
        EngineProgram.End end = EngineProgram.Run("kubectl", words) ?? throw new IOException("kubectl: expected it on the PATH, found "
            + "none");
        return end.Status == 0 ? end.Output : throw new IOException($"kubectl {words[0]} ended with {end.Status}: {end.Error.Trim()}");
    }
}
