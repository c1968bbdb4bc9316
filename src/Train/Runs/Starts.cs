using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>
/// The starts of a run, of which the one goes on whose figure (<see cref="IStarted.Merit"/>) is largest over its last steps. Each is a run
/// of its own in <c>starts/I</c>; log, pictures and state of the best become those of the run, the others' states are deleted.
/// </summary>
sealed class Starts(GradientOptions options, RunFolder run, TrainingRequest request, Func<int, IGradientTrainer> create)
{
    // Steps over which the figure is averaged: a single batch says little.
    const int window = 100;

    readonly IStarted? several = options as IStarted;
    readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>The steps of the run after the choice, or all where there is none.</summary>
    public Stretch Rest => new(options.StepCount, options.TotalSteps - options.StepCount, options.TotalSteps);

    /// <summary>What is left of the time that was asked for; null for no limit.</summary>
    public TimeSpan? TimeLeft => request.Time is not TimeSpan limit ? null : limit > clock.Elapsed ? limit - clock.Elapsed : TimeSpan.Zero;

    /// <summary>Makes what is left of the starts and chooses.</summary>
    /// <returns>The seed of the run from now on, or null where time ran out before the choice.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, resumably.</exception>
    public int? Choose()
    {
        if (several is null || several.StartCount == 1)
        {
            return request.Seed;
        }
        if (File.Exists(run.LastCheckpoint))
        {
            return Seed(Best(several).Start);
        }
        int steps = Math.Min(several.StartSteps, options.StepCount);
        for (int start = 0; start < several.StartCount; start++)
        {
            using IGradientTrainer trainer = create(Seed(start));
            var loop = new GradientLoop(trainer, options, run.Start(start), request with { Seed = Seed(start), Time = TimeLeft },
                new Stretch(steps, start * steps, options.TotalSteps));
            if (loop.Run() < steps)
            {
                return null;
            }
        }
        (int best, string figures) = Best(several);
        run.Say($"start {best + 1} of {several.StartCount} goes on: {figures}");
        Adopt(run.Start(best));
        for (int start = 0; start < several.StartCount; start++)
        {
            File.Delete(run.Start(start).LastCheckpoint);
        }
        return Seed(best);
    }

    // The first start has the run's own seed: with one start nothing changes.
    int Seed(int start) =>
        start == 0 ? request.Seed : (int)(new RandomStream((ulong)request.Seed, "start", sample: start).NextUInt32() >> 1);

    (int Start, string Figures) Best(IStarted starts)
    {
        double[] means = [.. Enumerable.Range(0, starts.StartCount).Select(start =>
            File.ReadLines(run.Start(start).Metrics).TakeLast(window)
            .Average(line => JsonDocument.Parse(line).RootElement.GetProperty(starts.Merit).GetDouble()))];
        return (Array.IndexOf(means, means.Max()),
            $"{starts.Merit} {string.Join(", ", means.Select(mean => mean.ToString("f3", CultureInfo.InvariantCulture)))}");
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
    }
}
