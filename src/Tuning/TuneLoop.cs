using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Graph;
using Toolchain.Graph.Training;
using Toolchain.Views;

namespace Toolchain.Tuning;

/// <summary>
/// The steps of a tuning: batches in an order that is new in each pass, random views of each image, and a state that is kept from time to
/// time. Every step can be drawn again by its number, so a resumed tuning gives the same bits.
/// </summary>
/// <param name="training">What is trained.</param>
/// <param name="data">The images.</param>
/// <param name="options">How long and how fast.</param>
/// <param name="views">Names of the inputs that take a view each.</param>
sealed class TuneLoop(TrainingGraph training, ImageSet data, TuneOptions options, params string[] views)
{
    readonly Augmentation augmentation = new(new AugmentationOptions(), data.Shape, (ulong)options.Seed,
        data.Content == ImageContent.Objects);

    int BatchSize => Math.Min(options.BatchSize, data.Count);

    int BatchesPerPass => data.Count / BatchSize;

    /// <summary>Runs all steps that are left.</summary>
    /// <param name="prepare">Sets what the state needs before the first step; not called when resuming.</param>
    /// <param name="further">Inputs of a step beside the views, by the images of its batch; null for none.</param>
    /// <param name="cancellation">Stops between two steps, with the state kept.</param>
    /// <returns>The state at the end.</returns>
    public IReadOnlyDictionary<string, TensorData> Run(Action<StepRunner> prepare, Func<int[], KeyValuePair<string, OrtValue>>? further,
        CancellationToken cancellation)
    {
        using var session = StepRunner.Open(training, options.Threads, options.Device, spins: false);
        int done = TuneState.Load(options.StateFile, session, Fingerprint);
        if (done == 0)
        {
            prepare(session);
        }
        float[] pixels = Draw(done), coming = new float[pixels.Length];
        for (int step = done; step < options.Steps; step++)
        {
            if (cancellation.IsCancellationRequested)
            {
                TuneState.Save(options.StateFile, session, step, Fingerprint);
                cancellation.ThrowIfCancellationRequested();
            }
            int following = step + 1;
            Task drawing = following < options.Steps ? Task.Run(() => Draw(following, coming), CancellationToken.None) : Task.CompletedTask;
            options.Progress(following, Step(session, step, pixels, further));
            drawing.GetAwaiter().GetResult();
            (pixels, coming) = (coming, pixels);
            if (following % options.KeepEvery == 0 && following < options.Steps)
            {
                TuneState.Save(options.StateFile, session, following, Fingerprint);
            }
        }
        return session.State;
    }

    /// <summary>Views of images for what must be filled before the first step: all first views, then the second ones.</summary>
    public float[] Views(int[] samples) => Draw(new float[views.Length * samples.Length * data.Shape.Size], samples, epoch: -1);

    string Fingerprint => FormattableString.Invariant(
        $"{data.Sha256} {options.Steps} {BatchSize} {options.Rate} {options.Seed} {string.Join(' ', training.Start.Keys)}");

    double Step(StepRunner session, int step, float[] pixels, Func<int[], KeyValuePair<string, OrtValue>>? further)
    {
        int length = pixels.Length / views.Length;
        var inputs = views.Select((name, i) => KeyValuePair.Create(name, OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance,
            pixels.AsMemory(i * length, length), data.Shape.Axes(BatchSize)))).ToDictionary();
        if (further?.Invoke(Batch(step)) is KeyValuePair<string, OrtValue> more)
        {
            inputs.Add(more.Key, more.Value);
        }
        try
        {
            return session.Step(inputs, options.Rate * (1 + Math.Cos(Math.PI * step / options.Steps)) / 2);
        }
        finally
        {
            Array.ForEach([.. inputs.Values], value => value.Dispose());
        }
    }

    int[] Batch(int step)
    {
        int[] order = new RandomStream((ulong)options.Seed, "tune", step / BatchesPerPass).NextPermutation(data.Count);
        return order.AsSpan(step % BatchesPerPass * BatchSize, BatchSize).ToArray();
    }

    float[] Draw(int step) => Draw(step, new float[views.Length * BatchSize * data.Shape.Size]);

    float[] Draw(int step, float[] pixels) => Draw(pixels, Batch(step), step / BatchesPerPass);

    float[] Draw(float[] pixels, int[] samples, int epoch)
    {
        augmentation.Draw(data, samples, new(epoch, 0, views.Length), pixels, options.Threads);
        return pixels;
    }
}
