using System.Diagnostics;
using System.Runtime.InteropServices;
using Toolchain.ClusteringBench;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Models.InfoGan;
using Toolchain.Views;
using static TorchSharp.torch;

namespace Toolchain.TrainingBench;

/// <summary>
/// InfoGAN with its consistency term: the step from the same weights on the same views, latents and warps, and steps with all that is drawn
/// for them.
/// </summary>
static class InfoGanJobs
{
    const int steps = 8, wholeSteps = 12;

    static readonly InfoGanOptions options = new() { Consistency = true, ContinuousStart = 0 };

    public static void Run(Pairs run, Peer peer, GradientJob job, string folder, int pairs)
    {
        if (!run.Wants("infogan"))
        {
            return;
        }
        using (var start = new InfoGanTrainer(options, job))
        {
            foreach ((string name, Tensor value) in start.Module.state_dict().Where(pair => pair.Value.dtype == float32))
            {
                Save(folder, $"infogan.{name}", value.detach());
            }
        }
        int count = options.BatchSize;
        int[] samples = [.. Enumerable.Range(0, steps * count)];
        var pixels = new float[2 * samples.Length * ImageShape.Mnist.Size];
        new Augmentation(options.Augmentation, job.Shape, 1).Draw(job.Data, samples, new(0, 0, 2), pixels, job.Threads);
        Tensor views = tensor(pixels, [2, steps, count, 1, 28, 28]).transpose(0, 1).flatten(1, 2).contiguous(); // [steps,2N,1,28,28]
        var warps = new WarpField(options.Augmentation, job.Shape, 1);
        Latent[] latents = [.. Enumerable.Range(0, steps).Select(number => Latent.Draw(options, 1, number, count, CPU))];
        Tensor places = stack([.. Enumerable.Range(0, steps).Select(number => warps.Draw(number, count, CPU))]);
        Save(folder, "infogan_views", views);
        Save(folder, "infogan_places", places);
        Save(folder, "infogan_noise", stack([.. latents.Select(latent => latent.Noise)]));
        Save(folder, "infogan_continuous", stack([.. latents.Select(latent => latent.Continuous)]));

        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            InfoGanOptions own = options with { Precision = precision };
            string name =
                $"{(precision == Precision.Single ? "" : ", ours in bfloat16")}, {job.Threads} thread{(job.Threads == 1 ? "" : "s")}";
            run.Run($"infogan: a step, batch {count} (of {steps}){name}", () =>
            {
                using var trainer = new InfoGanTrainer(own, job);
                return Timed(steps, number => trainer.Learn(views[number], latents[number], places[number], number)[0].Value);
            }, Theirs(peer, new { job = "infogan_step", steps, options }), pairs, precision == Precision.Single ? 1e-3 : 2e-2, true,
                Asked());
            run.Run($"infogan: a step with its augmentation (of {wholeSteps}){name}", () =>
            {
                using var trainer = new InfoGanTrainer(own, job);
                Batch[] batches =
                    [.. Enumerable.Range(0, wholeSteps + 1)
                    .Select(number => new Batch(number, 0, [.. Enumerable.Range(number * count, count)]))];
                return Timed(wholeSteps, number => trainer.Step(batches[number] with { Next = batches[number + 1] })[0].Value);
            }, Theirs(peer, new { job = "infogan_steps", steps = wholeSteps, options }), pairs, null, true, Asked());
        }
    }

    static Dictionary<string, Func<Outcome>> Theirs(Peer peer, object asked) => new() { ["PyTorch"] = () => peer.Run(asked) };

    static Dictionary<string, double> Asked() => new() { ["PyTorch"] = 1.3 };

    static void Save(string folder, string name, Tensor values) =>
        NpyFile.Write(Path.Combine(folder, $"{name}.npy"),
        new TensorEntry(TensorKind.Float32, values.shape, MemoryMarshal.AsBytes<float>(values.contiguous().data<float>().ToArray())
        .ToArray()));

    static Outcome Timed(int count, Func<int, float> work)
    {
        var clock = Stopwatch.StartNew();
        float value = 0;
        for (int number = 0; number < count; number++)
        {
            using var scope = NewDisposeScope();
            value = work(number);
        }
        return new Outcome(clock.Elapsed.TotalSeconds, count, value);
    }
}
