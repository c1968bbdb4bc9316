using System.Diagnostics;
using Toolchain.Export.Recording;

namespace Toolchain.Export.Parity;

/// <summary>What is left of a proof's time, and what a run at some sizes would take: estimated by its floating-point operations.</summary>
/// <param name="seconds">What the proof may take.</param>
/// <param name="start">Time stamp from which it counts.</param>
/// <param name="isLarge">Whether runs take so much memory that what one has freed is returned before the next.</param>
sealed class ProofBudget(double seconds, long start, bool isLarge = false)
{
    /// <summary>Whoever runs the model beside the runtimes.</summary>
    public const string Module = "module", Oracle = "oracle";

    // Measured on two cores with AVX2; replaced by the rate of the first run that is long enough.
    const double SecondsPerFlop = 5e-11, OracleSecondsPerFlop = 1e-10;

    // A shorter run, or one of few operations that the machine interrupted, gives no rate.
    const double LeastSeconds = .05, FewFlops = 1e8, LeastSecondsOfFew = 2;

    // Other processes slow a run down, by which its estimate may be short.
    const double Reserve = 1.25;

    // Share of the time for what follows the last run: closing sessions, moving the file.
    const double Closing = 0.05;

    readonly Dictionary<string, double> rates = [];
    readonly HashSet<string> opened = [];

    /// <summary>Seconds that are left; below 0 when it is spent.</summary>
    public double Left => (1 - Closing) * seconds - Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Whether all of <paramref name="parts"/> can run in what is left.</summary>
    public bool Fits(double flops, params IEnumerable<string> parts) => Reserve * parts.Sum(part => Estimate(part, flops)) <= Left;

    /// <summary>Runs a part, and remembers what it took.</summary>
    public T Run<T>(string part, double flops, Func<T> run)
    {
        if (isLarge)
        {
            FreedMemory.Return();
        }
        long begin = Stopwatch.GetTimestamp();
        // A session is opened in the first run; libtorch frees work space in each.
        T result = (opened.Add(part) || part == Module) && isLarge ? FreedMemory.TrimWhile(run) : run();
        double taken = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (flops > 0 && taken > (flops < FewFlops ? LeastSecondsOfFew : LeastSeconds))
        {
            // The first run also opens a session, so that the least is the nearest.
            rates[part] = Math.Min(rates.GetValueOrDefault(part, double.PositiveInfinity), taken / flops);
        }
        return result;
    }

    /// <summary>Frees the sessions of runtimes that have run; the next run of each opens one again.</summary>
    public void Close(IReadOnlyList<ParityRuntime> runtimes)
    {
        foreach (ParityRuntime runtime in runtimes.Where(runtime => opened.Remove(runtime.Name)))
        {
            runtime.Release?.Invoke();
        }
    }

    /// <summary>Seconds that a part would take.</summary>
    public double Estimate(string part, double flops) =>
        flops * rates.GetValueOrDefault(part, part == Oracle ? OracleSecondsPerFlop : SecondsPerFlop);
}
