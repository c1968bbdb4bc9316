using System.Diagnostics;
using System.Globalization;

namespace Toolchain.Scale.Bench;

/// <summary>What a job took on so many rows.</summary>
/// <param name="Job">Name of the job.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time of all threads, which other programs on the machine disturb less.</param>
/// <param name="Quality">Figures of the result.</param>
sealed record Measured(string Job, int Rows, double Seconds, double CpuSeconds, string Quality)
{
    /// <summary>Heading of a table of <see cref="Line"/>s.</summary>
    public const string Heading = "| job | rows | seconds | processor seconds | rows/s | result | peak GB |\n|---|---|---|---|---|---|---|";

    /// <summary>Largest memory of the process so far, bytes.</summary>
    public long PeakBytes { get; } = Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>A row of the table.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture,
        $"| {Job} | {Rows:n0} | {Seconds:f1} | {CpuSeconds:f1} | {Rows / Seconds:n0} | {Quality} | {PeakBytes / 1e9:f1} |");

    /// <summary>Runs a job; <paramref name="quality"/> is not timed.</summary>
    public static Measured Of<T>(string job, int rows, Func<T> work, Func<T, string> quality)
    {
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        T result = work();
        (double seconds, TimeSpan now) = (clock.Elapsed.TotalSeconds, Process.GetCurrentProcess().TotalProcessorTime);
        return new(job, rows, seconds, (now - used).TotalSeconds, quality(result));
    }
}
