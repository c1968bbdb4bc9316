using System.Diagnostics;
using System.Text.Json;

namespace Toolchain.ClusteringBench;

/// <summary>What a job took and found.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="Iterations">Passes made.</param>
/// <param name="Value">Inertia or log-likelihood.</param>
sealed record Outcome(double Seconds, int Iterations, double Value);

/// <summary>bench/peers/cluster.py as a process that waits for jobs, so that neither imports nor loading are timed.</summary>
sealed class Peer : IDisposable
{
    readonly Process process;

    public Peer(string script, string folder) =>
        process =
        Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        })!;

    public JsonElement Ask(object job)
    {
        process.StandardInput.WriteLine(JsonSerializer.Serialize(job));
        string answer = process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"the peer ended during {JsonSerializer.Serialize(job)}; Debian: python3-sklearn "
            + $"python3-faiss libopenblas0-pthread.");
        return JsonDocument.Parse(answer).RootElement;
    }

    public Outcome Run(object job)
    {
        JsonElement answer = Ask(job);
        return new Outcome(answer.GetProperty("seconds").GetDouble(), answer.GetProperty("iterations").GetInt32(),
            answer.GetProperty("value").GetDouble());
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
