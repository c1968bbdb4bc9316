using Toolchain.Data.Seeds;

namespace Toolchain.EndToEnd.Docs;

/// <summary>What became of a simulated job.</summary>
/// <param name="Hours">From the first task's start to the last one's end.</param>
/// <param name="Failures">Tasks that lost their node.</param>
/// <param name="Share">Node hours of useful work over all node hours, in [0..1].</param>
readonly record struct SimulatedJob(double Hours, int Failures, double Share);

/// <summary>
/// Shards on nodes that fail: a node takes the next shard when it is free; a failure repeats a little, and the shard goes on.
/// </summary>
static class ScaleSimulation
{
    /// <summary>Runs a job.</summary>
    /// <param name="kind">The nodes.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="shards">Equal parts of the images.</param>
    /// <param name="failuresPerHour">Of one node.</param>
    /// <param name="seed">Of the failures.</param>
    public static SimulatedJob Run(NodeKind kind, int nodes, int shards, double failuresPerHour, int seed)
    {
        double work = ScaleModel.Images / shards / kind.ImagesPerSecond;
        var free = new PriorityQueue<int, double>(Enumerable.Range(0, nodes).Select(node => (node, 0d)));
        var failures = new RandomStream((ulong)seed, "failures");
        (double end, int failed) = (0, 0);
        for (int shard = 0; shard < shards; shard++)
        {
            free.TryDequeue(out int node, out double start);
            double left = ScaleModel.StartSeconds + work, now = start;
            // The time to a failure of a node has no memory, so each attempt draws anew.
            for (double until; failuresPerHour > 0
                && (until = -Math.Log(1 - failures.NextDouble()) / failuresPerHour * 3600) < left; failed++)
            {
                now += until + ScaleModel.RestartSeconds;
                left -= Math.Max(0, until - ScaleModel.RepeatedSeconds - ScaleModel.StartSeconds);
            }
            now += left;
            free.Enqueue(node, now);
            end = Math.Max(end, now);
        }
        return new(end / 3600, failed, kind.Hours(ScaleModel.Images) / (nodes * end / 3600));
    }
}
