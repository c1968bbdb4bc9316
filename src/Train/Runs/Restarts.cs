using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>
/// The restarts of a run, of which the one continues whose selection score (<see cref="IRestarted.SelectionScore"/>) is largest over its
/// last steps. Each is a run of its own in a folder by its number; log, pictures and state of the selected one become those of the run, the
/// other states are deleted.
/// </summary>
sealed class Restarts(GradientOptions options, RunFolder run, TrainingRequest request, Func<int, IGradientTrainer> create)
{
    // Steps over which the score is averaged: that of a single batch varies.
    const int Window = 100;

    readonly IRestarted? several = options as IRestarted;
    readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>The steps of the run after the selection, or all where there is none.</summary>
    public Stretch Rest => new(options.StepCount, options.TotalSteps - options.StepCount, options.TotalSteps);

    /// <summary>What is left of the time that was asked for; null for no limit.</summary>
    public TimeSpan? TimeLeft => request.Time is not TimeSpan limit ? null : limit > clock.Elapsed ? limit - clock.Elapsed : TimeSpan.Zero;

    /// <summary>Trains the restarts that are left and selects one.</summary>
    /// <returns>The seed of the run from now on, or null where time ran out before the choice.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, resumably.</exception>
    public int? Select()
    {
        if (several is null || several.Restarts == 1)
        {
            return request.Seed;
        }
        if (File.Exists(run.LastCheckpoint))
        {
            return Seed(Best(several).Restart);
        }
        int steps = Math.Min(several.RestartSteps, options.StepCount);
        for (int restart = 0; restart < several.Restarts; restart++)
        {
            using IGradientTrainer trainer = create(Seed(restart));
            var loop = new GradientLoop(trainer, options, run.Restart(restart), request with { Seed = Seed(restart), Time = TimeLeft },
                new Stretch(steps, restart * steps, options.TotalSteps));
            if (loop.Run() < steps)
            {
                return null;
            }
        }
        (int best, string scores) = Best(several);
        run.Say($"restart {best + 1} of {several.Restarts} selected: {scores}");
        Adopt(run.Restart(best));
        for (int restart = 0; restart < several.Restarts; restart++)
        {
            File.Delete(run.Restart(restart).LastCheckpoint);
        }
        return Seed(best);
    }

    // The first restart has the run's own seed: with one restart nothing changes.
    int Seed(int restart) =>
        restart == 0 ? request.Seed : (int)(new RandomStream((ulong)request.Seed, "start", sample: restart).NextUInt32() >> 1);

    (int Restart, string Scores) Best(IRestarted restarts)
    {
        double[] means = [.. Enumerable.Range(0, restarts.Restarts).Select(restart =>
            File.ReadLines(run.Restart(restart).Metrics).TakeLast(Window)
            .Average(line => JsonDocument.Parse(line).RootElement.GetProperty(restarts.SelectionScore).GetDouble()))];
        return (Array.IndexOf(means, means.Max()),
            $"{restarts.SelectionScore} {string.Join(", ", means.Select(mean => mean.ToString("f3", CultureInfo.InvariantCulture)))}");
    }

    // The checkpoint last: while it is not there, none is selected.
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
