using System.Diagnostics;
using System.Globalization;
using Toolchain.Data.Images;
using Toolchain.Train.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Runs;

/// <summary>The steps that a loop makes, and where they stand in all of a run.</summary>
/// <param name="End">The step before which it stops.</param>
/// <param name="Before">Steps of the run that come before its step 0.</param>
/// <param name="Total">Steps of the whole run.</param>
sealed record Stretch(int End, int Before, int Total);

/// <summary>The loop that every gradient method shares: order of images, learning rate, log, checkpoints, progress, stopping.</summary>
sealed class GradientLoop(IGradientTrainer trainer, GradientOptions options, RunFolder run, TrainingRequest request, Stretch stretch)
{
    // A picture at the start of each tenth of a run; a lasting warning is repeated after so many steps.
    const int Pictures = 10, WarningSteps = 100;

    // Adam's usual rate, and above those that the systems have by default.
    const double MostAdvised = 0.001;

    int? warnedAt;

    /// <summary>Runs until the end of the stretch, the time limit or cancellation, and leaves a checkpoint.</summary>
    /// <remarks>A time limit leaves at least one step made, so a run resumed under limits comes to its end.</remarks>
    /// <returns>The number of steps made in all, from step 0.</returns>
    /// <exception cref="DivergedException">A loss is not finite; the last checkpoint is kept as it was.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint allows to resume.</exception>
    public int Run()
    {
        var sampler = new BatchSampler(request.Data.Count, options.BatchSize, (ulong)request.Seed);
        bool hasCheckpoint = File.Exists(run.LastCheckpoint);
        int first = hasCheckpoint ? Checkpoint.Load(run.LastCheckpoint, trainer, run.ConfigSha256) : 0;
        if (request.Resume && !hasCheckpoint)
        {
            request.Remark?.Invoke($"'{run.Path}': no checkpoint is there: the training starts again at step 0");
        }
        using var log = new MetricsLog(run, first);
        var clock = Stopwatch.StartNew();
        TimeSpan saved = TimeSpan.Zero, before = run.TimeTaken;
        trainer.Module.train();
        int step = first;
        for (; step < stretch.End && (step == first || !(clock.Elapsed >= request.Time)); step++)
        {
            if (request.Cancellation.IsCancellationRequested)
            {
                Save(step);
                throw new OperationCanceledException($"stopped at step {stretch.Before + step} of {stretch.Total}", request.Cancellation);
            }
            if (step % Math.Max(1, options.StepCount / Pictures) == 0)
            {
                Draw(step);
            }
            Batch batch = sampler[step];
            IReadOnlyList<Loss> losses = Step(batch);
            var progress = new TrainingProgress(stretch.Before + step + 1, stretch.Total, losses)
            {
                Images = (stretch.Before + step + 1L) * options.BatchSize,
                Warning = Warn(step),
            };
            log.Write(step, batch.Epoch, options.LearningRateAt(step), losses);
            request.Progress?.Report(progress);
            if (clock.Elapsed - saved >= request.CheckpointInterval)
            {
                Save(step + 1);
                saved = clock.Elapsed;
            }
        }
        Save(step);
        Draw(step);
        return step;

        void Save(int steps)
        {
            Checkpoint.Save(run.LastCheckpoint, trainer, steps, run.ConfigSha256);
            run.TimeTaken = before + clock.Elapsed;
        }
    }

    void Draw(int step)
    {
        if (trainer.Sheet() is ImageGrid sheet)
        {
            ImageSheet.Write(run.Picture(step), sheet.Pixels, request.Data.Preprocess, sheet.Columns);
        }
    }

    string? Warn(int step)
    {
        if (trainer.Warning is not string warning)
        {
            warnedAt = null;
            return null;
        }
        if (step - warnedAt < WarningSteps)
        {
            return null;
        }
        warnedAt = step;
        run.Say($"warning: step {step}: {warning}");
        return warning;
    }

    IReadOnlyList<Loss> Step(Batch batch)
    {
        foreach (OptimizerHelper optimizer in trainer.Optimizers)
        {
            foreach (optim.ILearningRateController group in optimizer.ParamGroups)
            {
                group.LearningRate = group.InitialLearningRate * options.LearningRateAt(batch.Step) / options.LearningRate;
            }
        }
        using var scope = NewDisposeScope();
        IReadOnlyList<Loss> losses = trainer.Step(batch);
        foreach (Loss loss in losses)
        {
            if (!float.IsFinite(loss.Value))
            {
                double advised = Math.Min(options.LearningRate / 3, MostAdvised);
                throw new DivergedException($"'{loss.Name}' became {loss.Value} at step {batch.Step} (seed {request.Seed}); lower the "
                    + $"learning rate, --set learningRate={advised.ToString("g2", CultureInfo.InvariantCulture)}.");
            }
        }
        return losses;
    }
}
