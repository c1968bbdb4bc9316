using System.Diagnostics;
using System.Globalization;

namespace Toolchain.Data.Tests;

/// <summary>What became of the mutants of one format.</summary>
/// <param name="Format">Its name.</param>
/// <param name="Tried">Mutants.</param>
/// <param name="Refused">Bad data, said in one line that names the file.</param>
/// <param name="Accepted">Read as images or tensors all the same.</param>
/// <param name="Hangs">Took longer than allowed.</param>
/// <param name="Failures">Other exceptions, messages without the file's name or of several lines, and more than 512 MB allocated.</param>
/// <param name="MostBytes">Most that one mutant allocated.</param>
/// <param name="First">The first hang or failure, with what is needed to make it again; null for none.</param>
sealed record FuzzResult(string Format, int Tried, int Refused, int Accepted, int Hangs, int Failures, long MostBytes, string? First)
{
    public static string Heading => $"{"format",-18} {"tried",7} {"refused",8} {"accepted",9} {"hangs",6} {"failures",9} {"most MB",8}  "
        + "peak MB of the process";

    public override string ToString()
    {
        using var self = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture,
            $"{Format,-18} {Tried,7} {Refused,8} {Accepted,9} {Hangs,6} {Failures,9} {MostBytes >> 20,8}  {self.PeakWorkingSet64 >> 20}");
    }
}

/// <summary>Reads mutants of a format, each within two seconds and 512 MB.</summary>
static class FuzzCampaign
{
    const long MostBytes = 512L << 20;

    /// <summary>Reads <paramref name="count"/> mutants. The same seed makes the same ones.</summary>
    /// <param name="format">The format.</param>
    /// <param name="count">Mutants.</param>
    /// <param name="seed">Of the mutator.</param>
    /// <param name="patience">What a mutant may take: as long as the process had as much of a processor, too.</param>
    public static FuzzResult Run(FuzzFormat format, int count, int seed, TimeSpan patience)
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<byte[]> seeds = format.Seeds();
        foreach (byte[] whole in seeds)
        {
            format.Read(folder, whole);
        }
        var mutator = new Mutator(seed);
        int refused = 0, accepted = 0, hangs = 0, failures = 0;
        long most = 0;
        string? first = null;
        using var reader = new Reader();
        for (int number = 0; number < count; number++)
        {
            byte[] mutant = mutator.Next(seeds);
            mutant = format.Repair is null || mutator.Chance(3) ? mutant : format.Repair(mutant);
            (Exception? thrown, long bytes, bool ended) = reader.Do(() => format.Read(folder, mutant), patience);
            most = Math.Max(most, bytes);
            string? problem = !ended ? $"took more than {patience}" : bytes > MostBytes
                ? $"allocated {bytes >> 20} MB" : Problem(thrown, folder);
            hangs += ended ? 0 : 1;
            failures += ended && problem is not null ? 1 : 0;
            refused += problem is null && thrown is not null ? 1 : 0;
            accepted += problem is null && thrown is null ? 1 : 0;
            if (problem is not null && first is null)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"uvl-mutant-{format.Name}");
                File.WriteAllBytes(kept, mutant);
                first = $"{format.Name}, seed {seed}, mutant {number} ({kept}): {problem}";
            }
        }
        return new(format.Name, count, refused, accepted, hangs, failures, most, first);
    }

    // What the program maps to the exit status of bad data, in one line with the file's name.
    static string? Problem(Exception? thrown, TemporaryFolder folder) => thrown switch
    {
        null => null,
        InvalidDataException when thrown.Message.Contains('\n', StringComparison.Ordinal) => $"several lines: {thrown.Message}",
        InvalidDataException when thrown.Message.StartsWith('\'')
            && (thrown.Message.Contains(folder.Root, StringComparison.Ordinal) || thrown.Message[1] == '-') => null,
        _ => thrown.ToString(),
    };

    // One thread for all mutants; one that hangs is left behind.
    sealed class Reader : IDisposable
    {
        const int MostWaits = 20;

        Worker worker = new();

        public (Exception? Thrown, long Bytes, bool Ended) Do(Action read, TimeSpan patience)
        {
            using var self = Process.GetCurrentProcess();
            TimeSpan before = self.TotalProcessorTime;
            worker.Start(read);
            // A busy machine is no hang: the reader must have had the time, unless it waits for ever.
            for (int waits = 0; !worker.Wait(patience); waits++)
            {
                self.Refresh();
                if (self.TotalProcessorTime - before >= patience || waits == MostWaits)
                {
                    worker = new();
                    return (null, 0, false);
                }
            }
            return (worker.Thrown, worker.Bytes, true);
        }

        public void Dispose() => worker.Dispose();
    }

    sealed class Worker : IDisposable
    {
        readonly SemaphoreSlim given = new(0), done = new(0);
        Action? work;

        public Worker() => new Thread(Loop) { IsBackground = true }.Start();

        public Exception? Thrown { get; private set; }

        public long Bytes { get; private set; }

        public void Start(Action read)
        {
            work = read;
            given.Release();
        }

        public bool Wait(TimeSpan patience) => done.Wait(patience);

        public void Dispose()
        {
            work = null;
            given.Release();
        }

        void Loop()
        {
            while (true)
            {
                given.Wait();
                if (work is not Action read)
                {
                    return;
                }
                long before = GC.GetAllocatedBytesForCurrentThread();
                Thrown = Record.Exception(read);
                Bytes = GC.GetAllocatedBytesForCurrentThread() - before;
                done.Release();
            }
        }
    }
}
