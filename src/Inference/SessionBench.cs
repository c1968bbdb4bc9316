using System.Diagnostics;

namespace Toolchain.Inference;

/// <summary>Latency and throughput of a model on this machine, of the runtime alone, without files.</summary>
public static class SessionBench
{
    /// <summary>Milliseconds that one image takes from pixels to outputs, sorted, after ten runs to warm up.</summary>
    /// <param name="session">The model.</param>
    /// <param name="count">Measurements, at least 1.</param>
    public static IReadOnlyList<double> Latencies(EncoderSession session, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var clock = new Stopwatch();
        var milliseconds = new List<double>();
        session.UseSlot(1, (slot, run) =>
        {
            for (int i = -10; i < count; i++)
            {
                clock.Restart();
                run(slot);
                if (i >= 0)
                {
                    milliseconds.Add(clock.Elapsed.TotalMilliseconds);
                }
            }
        });
        milliseconds.Sort();
        return milliseconds;
    }

    /// <summary>Images per second of runs of one size on several threads, each run on one, after a run to warm up.</summary>
    /// <param name="path">The model.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="batchSize">Images in a run, at least 1.</param>
    /// <param name="threads">Runs at the same time, at least 1.</param>
    /// <param name="count">Images in all.</param>
    /// <param name="cancellation">Stops between runs.</param>
    public static double ImagesPerSecond(string path, ComputeDevice device, int batchSize, int threads, int count,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        using EncoderSession session = EncoderSession.Open(path, new() { Device = device, Threads = threads });
        session.UseSlot(batchSize, (slot, run) => run(slot));
        int left = (count + batchSize - 1) / batchSize, runs = left;
        var clock = Stopwatch.StartNew();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, _ =>
            session.UseSlot(batchSize, (slot, run) =>
        {
            while (Interlocked.Decrement(ref left) >= 0 && !cancellation.IsCancellationRequested)
            {
                run(slot);
            }
        }));
        return runs * batchSize / clock.Elapsed.TotalSeconds;
    }
}
