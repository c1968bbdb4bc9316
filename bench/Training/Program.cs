// MoCo and InfoGAN against PyTorch on MNIST's training images: the same views' transforms, the same step from the same weights on the same
// views, a whole epoch. Prints the table and writes docs/benchmarks/training.md.
//   dotnet run --project bench/Training -c Release [PAIRS [THREADS [JOB]]]
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Toolchain.ClusteringBench;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Seeds;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;
using Toolchain.Train.Core;
using Toolchain.Train.Models.MoCo;
using Toolchain.TrainingBench;
using Toolchain.Views;
using static TorchSharp.torch;

const int steps = 20;
int pairs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
int threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
set_num_threads(threads);
ImageSet data = ImageSource.Open("mnist", Split.Train);
var job = new GradientJob(data, 0, CPU, threads);
var options = new MoCoOptions();
string folder = Directory.CreateTempSubdirectory("bench-").FullName;
NpyFile.Write(Path.Combine(folder, "images.npy"), TensorEntry.Of<byte>(data.Pixels, data.Count, 28, 28));
using var peer = new Peer(Path.Combine(Environment.CurrentDirectory, "bench/peers/train.py"), folder);
JsonElement versions = peer.Ask(new { job = "versions", threads });
const string page = "docs/benchmarks/training.md";
var run = new Pairs(page, args.Length > 2 ? args[2] : "");

int[] all = [.. Enumerable.Range(0, data.Count)];
var views = new float[2 * 10_000 * ImageShape.Mnist.Size];
var augmentation = new Augmentation(options.Augmentation, data.Shape, 1);
run.Run("two views of 10,000 images, mean brightness compared", () => Timed(1, _ =>
{
    augmentation.Draw(data, all[..10_000], new(0, 0, 2), views, threads);
    return 0;
}) with
{ Value = views.Average() }, Theirs(new { job = "augment", count = 10_000, options.Augmentation }), pairs, 0.02, false, Asked(3));

// Fixed views and weights for the step alone.
var fixedViews = new float[2 * steps * options.BatchSize * ImageShape.Mnist.Size];
augmentation.Draw(data, all[..(steps * options.BatchSize)], new(0, 0, 2), fixedViews, threads);
Save("views", fixedViews, 2, steps, options.BatchSize, 1, 28, 28);
using (var start = new MoCoTrainer(options, job))
{
    foreach ((string name, Tensor value) in start.Module.state_dict().Where(pair => pair.Value.dtype == ScalarType.Float32))
    {
        Save(name, name == "queue" ? Queue(options) : [.. value.detach().data<float>()], value.shape);
    }
}
foreach (Precision precision in Enum.GetValues<Precision>())
{
    run.Run($"a step, batch {options.BatchSize}, queue {options.QueueLength} (of {steps}), last loss "
        + $"compared{(precision == Precision.Single ? "" : ", ours in bfloat16")}", () =>
    {
        using var trainer = new MoCoTrainer(options with { Precision = precision }, job);
        using (no_grad())
        {
            trainer.Module.state_dict()["queue"].copy_(tensor(Queue(options), [options.QueueLength, options.EmbeddingSize]));
        }
        using Tensor all = tensor(fixedViews, [2, steps, options.BatchSize, 1, 28, 28]);
        return Timed(steps, step => trainer.Learn(all[0, step], all[1, step], step)[0].Value);
    }, Theirs(new { job = "step", steps, options }), pairs, precision == Precision.Single ? 1e-3 : 2e-2, true, Asked(1.3));
}

int epoch = data.Count / options.BatchSize;
run.Run($"an epoch of {epoch} steps with its augmentation", () =>
{
    using var trainer = new MoCoTrainer(options, job);
    Batch[] batches =
        [.. Enumerable.Range(0, epoch).Select(step =>
        new Batch(step, 0, all[(step * options.BatchSize)..((step + 1) * options.BatchSize)]))];
    return Timed(epoch, step => trainer.Step(batches[step] with { Next = step + 1 < epoch ? batches[step + 1] : null })[0].Value);
}, Theirs(new { job = "epoch", options }), Math.Min(3, pairs), null, false, Asked(2));

InfoGanJobs.Run(run, peer, job, folder, pairs);

File.WriteAllText(page, $"""
    # Training against PyTorch

    `make bench`: MNIST's training images, the same network, loss, optimiser and transforms. Ours and the peer's run in turn, {pairs}
    times (the epoch less often); medians of the times, and the median of the paired ratios. The step starts from the same weights and
    sees the same views. Rows without a name are MoCo's.

    Machine: {Environment.ProcessorCount} cores, {threads} threads unless a row says otherwise, .NET {Environment.Version}, libtorch
    {__version__}. Peer: PyTorch {versions.GetProperty("torch")}, as many threads, {versions.GetProperty("blas")}.

    | job | peer | ours | peer | ratio | asked | answers differ by |
    |---|---|---|---|---|---|---|
    {run.Table}

    """);
Directory.Delete(folder, recursive: true);

Dictionary<string, Func<Outcome>> Theirs(object asked) => new() { ["PyTorch"] = () => peer.Run(asked) };

static Dictionary<string, double> Asked(double ratio) => new() { ["PyTorch"] = ratio };

void Save(string name, float[] values, params long[] shape) =>
    NpyFile.Write(Path.Combine(folder, $"{name}.npy"),
    new TensorEntry(TensorKind.Float32, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray()));

static float[] Queue(MoCoOptions options)
{
    var random = new RandomStream(3, "queue");
    var rows = new float[options.QueueLength * options.EmbeddingSize];
    for (int row = 0; row < options.QueueLength; row++)
    {
        double[] values = new double[options.EmbeddingSize];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextNormal();
        }
        double length = Math.Sqrt(values.Sum(value => value * value));
        for (int i = 0; i < values.Length; i++)
        {
            rows[row * values.Length + i] = (float)(values[i] / length);
        }
    }
    return rows;
}

static Outcome Timed(int steps, Func<int, float> work)
{
    var clock = Stopwatch.StartNew();
    float value = 0;
    for (int step = 0; step < steps; step++)
    {
        using var scope = NewDisposeScope();
        value = work(step);
    }
    return new Outcome(clock.Elapsed.TotalSeconds, steps, value);
}
