using System.Diagnostics;
using System.Globalization;

namespace Toolchain.Cli.Light;

/// <summary>Speed and time left of work that is going on, and when to speak of it.</summary>
sealed class Pace(long total, string unit)
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(10);

    readonly Stopwatch clock = Stopwatch.StartNew();
    TimeSpan last = TimeSpan.Zero;

    /// <summary>True every ten seconds, and at the end.</summary>
    public bool IsDue(long done)
    {
        bool due = (total > 0 && done >= total) || clock.Elapsed - last >= interval;
        last = due ? clock.Elapsed : last;
        return due;
    }

    /// <summary>Such as "2,650 images/s".</summary>
    public string Speed(long done) => string.Create(CultureInfo.InvariantCulture, $"{done / Math.Max(1e-3, clock.Elapsed.TotalSeconds):n0} {unit}/s");

    /// <summary>Such as "40 %, 2,650 images/s, 0:29 left"; or "4,000 images, 2,650 images/s" where the total is not known.</summary>
    public string State(long done)
    {
        if (total == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{done:n0} {unit}, {Speed(done)}");
        }
        TimeSpan left = done > 0 ? clock.Elapsed / done * (total - done) : TimeSpan.Zero;
        return string.Create(CultureInfo.InvariantCulture, $"{100.0 * done / total:f0} %, {Speed(done)}, {(int)left.TotalMinutes}:{left.Seconds:00} left");
    }
}
