using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Toolchain.Data;
using Toolchain.Train.Models;

namespace Toolchain.Train.Running;

/// <summary>
/// The starts of a run, of which the one goes on whose figure (<see cref="IGradientTrainer.Merit"/>) is largest over its last steps. Each is a run of its own
/// in <c>starts/I</c>; log, pictures and state of the best become those of the run, the others' states are deleted.
/// </summary>
sealed class Starts(GradientOptions options, RunFolder run, TrainingRequest request, Func<int, IGradientTrainer> create)
{
    // Steps over which the figure is averaged: a single batch says little.
    const int window = 100;

    readonly int count = options is IStarted several ? several.StartCount : 1;
    readonly int steps = options is IStarted several ? Math.Min(several.StartSteps, options.StepCount) : 0;
    readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>The steps of the run after the choice, or all where there is none.</summary>
    public Stretch Rest => new(options.StepCount, (count - 1) * steps, options.TotalSteps);

    /// <summary>What is left of the time that was asked for; null for no limit.</summary>
    public TimeSpan? TimeLeft => request.Time is not TimeSpan limit ? null : limit > clock.Elapsed ? limit - clock.Elapsed : TimeSpan.Zero;

    /// <summary>Makes what is left of the starts and chooses.</summary>
    /// <returns>The seed of the run from now on, or null where time ran out before the choice.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, resumably.</exception>
    public int? Choose()
    {
        if (count == 1)
        {
            return request.Seed;
        }
        if (File.Exists(run.LastCheckpoint))
        {
            return Seed(Best().Start);
        }
        for (int start = 0; start < count; start++)
        {
            using IGradientTrainer trainer = create(Seed(start));
            var loop = new GradientLoop(trainer, options, run.Start(start), request with { Seed = Seed(start), Time = TimeLeft }, new Stretch(steps, start * steps, options.TotalSteps));
            if (loop.Run() < steps)
            {
                return null;
            }
        }
        (int best, string figures) = Best();
        run.Say($"start {best + 1} of {count} goes on: {figures}");
        Adopt(run.Start(best));
        return Seed(best);
    }

    // The first start has the run's own seed: with one start nothing changes.
    int Seed(int start) => start == 0 ? request.Seed : (int)(new RandomStream((ulong)request.Seed, "start", sample: start).NextUInt32() >> 1);

    (int Start, string Figures) Best()
    {
        using IGradientTrainer any = create(request.Seed);
        string merit = any.Merit ?? throw new InvalidOperationException($"{any.GetType().Name} logs no figure by which a start could be chosen.");
        double[] means = [.. Enumerable.Range(0, count).Select(start => File.ReadLines(run.Start(start).Metrics).TakeLast(window).Average(line => JsonDocument.Parse(line).RootElement.GetProperty(merit).GetDouble()))];
        return (Array.IndexOf(means, means.Max()), $"{merit} {string.Join(", ", means.Select(mean => mean.ToString("f3", CultureInfo.InvariantCulture)))}");
    }

    // The checkpoint last: while it is not there, the choice has not been made.
    void Adopt(RunFolder best)
    {
        AtomicFile.WriteText(run.Metrics, File.ReadAllText(best.Metrics));
        if (Directory.Exists(best.Pictures))
        {
            Directory.CreateDirectory(run.Pictures);
            foreach (string picture in Directory.GetFiles(best.Pictures))
            {
                File.Copy(picture, Path.Combine(run.Pictures, Path.GetFileName(picture)), overwrite: true);
            }
        }
        Directory.CreateDirectory(Path.GetDirectoryName(run.LastCheckpoint)!);
        File.Move(best.LastCheckpoint, run.LastCheckpoint);
        for (int start = 0; start < count; start++)
        {
            File.Delete(run.Start(start).LastCheckpoint);
        }
    }
}
