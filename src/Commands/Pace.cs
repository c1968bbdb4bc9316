using System.Globalization;

namespace Toolchain.Commands;

/// <summary>Speed and remaining time of running work, and when to print them.</summary>
/// <param name="total">Units in all; 0 where that is not known.</param>
/// <param name="unit">Name of the unit; empty where only the time says something.</param>
/// <param name="limit">Time limit of the work; null for none.</param>
/// <param name="time">The clock; the machine's by default.</param>
sealed class Pace(long total, string unit, TimeSpan? limit = null, TimeProvider? time = null)
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(10);

    readonly TimeProvider time = time ?? TimeProvider.System;
    readonly long begun = (time ?? TimeProvider.System).GetTimestamp();
    TimeSpan last = TimeSpan.Zero;
    bool ended;

    // The first report: resumed work begins with what was done before.
    (long Done, TimeSpan At)? first;

    /// <summary>Whether speed and remaining time are of some unit.</summary>
    public bool HasUnit => unit != "";

    /// <summary>Whole seconds since the beginning.</summary>
    public int ElapsedSeconds => (int)Elapsed.TotalSeconds;

    /// <summary>Takes the first report of units done; the speed counts from there.</summary>
    public void Note(long done) => first ??= (done, Elapsed);

    /// <summary>True every ten seconds, and once at the end.</summary>
    public bool IsDue(long done)
    {
        if (ended)
        {
            return false;
        }
        if (done > 0)
        {
            Note(done);
        }
        ended = total > 0 && done >= total;
        bool due = ended || Elapsed - last >= interval;
        last = due ? Elapsed : last;
        return due;
    }

    /// <summary>Such as "40 %, 2,650 images/s, 0:29 left"; or "4,000 images, 2,650 images/s" where the total is not known.</summary>
    public string State(long done)
    {
        if (unit == "")
        {
            return string.Create(CultureInfo.InvariantCulture, $"{ElapsedSeconds} s");
        }
        if (done == 0)
        {
            return "starting";
        }
        if (total == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{done:n0} {unit}, {Speed(done):n0} {unit}/s");
        }
        var toEnd = TimeSpan.FromSeconds((total - done) / Speed(done));
        TimeSpan left = limit - Elapsed < toEnd ? (limit > Elapsed ? limit.Value - Elapsed : TimeSpan.Zero) : toEnd;
        return string.Create(CultureInfo.InvariantCulture,
            $"{100.0 * done / total:f0} %, {Speed(done):n0} {unit}/s, {(int)left.TotalMinutes}:{left.Seconds:00} left");
    }

    TimeSpan Elapsed => time.GetElapsedTime(begun);

    // Units a second since the first report, or up to it.
    double Speed(long done)
    {
        Note(done);
        (long before, TimeSpan at) = done > first!.Value.Done ? first.Value : (0, TimeSpan.Zero);
        return (done - before) / Math.Max(1e-3, (Elapsed - at).TotalSeconds);
    }
}
