// Embedding against the bare runtime, onnxruntime-node and TorchSharp, in turn and on the same images. Prints the tables and writes
// docs/benchmarks/embedding.md.
//   dotnet run --project bench/Embed -c Release [ROUNDS]
using System.Diagnostics;
using System.Globalization;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.EmbedBench;
using Toolchain.Inference;
using TorchSharp;

const int Width = 64;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int rounds = args.Length > 0 ? int.Parse(args[0]) : 7;
string root = Environment.CurrentDirectory, folder = Directory.CreateTempSubdirectory("bench-").FullName,
    model = Path.Combine(folder, "model.onnx");
ImageSet data = ImageSource.Open("mnist", Split.Train);
string idx = Path.Combine(folder, "images.idx"), pngs = Path.Combine(folder, "pngs");
File.WriteAllBytes(idx, [0, 0, 8, 3, 0, 0, 0xEA, 0x60, 0, 0, 0, 28, 0, 0, 0, 28, .. data.Pixels]);
for (int i = 0; i < data.Count; i++)
{
    string label = Directory.CreateDirectory(Path.Combine(pngs, $"{data.Labels![i]}")).FullName;
    File.WriteAllBytes(Path.Combine(label, $"{i:d5}.png"), PngWriter.Encode(28, 28, 1, data.Image(i)));
}
torch.random.manual_seed(1);
torch.set_num_threads(2);
using var net = new Convnet();
net.Export(model);
using EncoderSession session = EncoderSession.Open(model, new EncoderOptions { Threads = 2 });
float[] pixels = Array.ConvertAll(data.Pixels, pixel => pixel / 255f);

// The bare loop's best setting, found first, each tried twice on a part; its time counts from then on.
float[] part = pixels[..(784 * 12_000)];
BareLoop best = BareLoop.All.MinBy(loop => Enumerable.Range(0, 2).Min(_ => loop.Run(model, part, Width).Seconds))!;
Console.WriteLine(best);
float[] reference = best.Run(model, pixels, Width).Values;

var contenders = new Dictionary<string, Func<double>>
{
    ["bare"] = () => best.Run(model, pixels, Width).Seconds,
    ["ours"] = () => Ours(idx, "ours.npy"),
    ["node"] = Node,
    ["torch"] = Torch,
    ["folder"] = () => Ours(pngs, "folder.npy"),
    ["decode"] = () => Decode(pngs),
    ["run"] = () => Seconds(() => session.Run(data)),
};
var seconds = contenders.ToDictionary(pair => pair.Key, _ => new List<double>());
foreach (Func<double> contender in contenders.Values)
{
    _ = contender();
}
Same("ours", NpyFile.Read(Path.Combine(folder, "ours.npy")).ToArray<float>(), 0);
Same("onnxruntime-node", NpyFile.Read(Path.Combine(folder, "node.npy")).ToArray<float>(), 1e-5);
for (int round = 0; round < rounds; round++)
{
    foreach ((string name, Func<double> contender) in contenders)
    {
        seconds[name].Add(contender());
    }
    Console.WriteLine(string.Join("  ", seconds.Select(pair => $"{pair.Key} {pair.Value[^1]:f2}")));
}

double shared =
    Median(Enumerable.Range(0, rounds).Select(i =>
    Math.Max(seconds["decode"][i], seconds["run"][i]) / (seconds["decode"][i] + seconds["run"][i])));
double slower = Median(Enumerable.Range(0, rounds).Select(i => Math.Max(seconds["decode"][i], seconds["run"][i]) / seconds["folder"][i]));
Version? version = typeof(torch).Assembly.GetName().Version;
string text = $"""
    # Embedding against the bare runtime, onnxruntime-node and TorchSharp

    `make bench`: the poster's small convnet (random weights, {new FileInfo(model).Length:n0} bytes), the same model and images for all,
    one after the other, {rounds} rounds; medians, and the median of the ratios within a round. Ours is the whole job (`EmbedJob`: file to
    `.npy` with names); the bare loop takes floats from memory and writes nothing, at the best of the batch sizes and threads tried (here
    batch {best.Batch}, {best.Callers} caller(s) of {best.Threads} thread(s)). Ours gives the bare loop's bits.

    Machine: {Environment.ProcessorCount} cores ({Cpu()}), .NET {Environment.Version}, ONNX Runtime {RuntimeInfo.Version}; load average at
    the start {LoadAverage()}.

    | 60,000 images from IDX | images/s | ours against it | asked |
    |---|---|---|---|
    | ours, to .npy | {Speed("ours", 60_000)} | - | - |
    | bare `session.Run` loop | {Speed("bare", 60_000)} | {Ratio("bare", "ours")} | at least 0.90 |
    | onnxruntime-node 1.30.0, to .npy | {Speed("node", 60_000)} | {Ratio("node", "ours")} | - |
    | TorchSharp {version} forward, from memory, batch 64, 2 threads | {Speed("torch", 60_000)} | {Ratio("torch", "ours")} | - |

    | 60,000 images from a folder of PNG files | images/s | ours against it | asked |
    |---|---|---|---|
    | ours, to .npy | {Speed("folder", 60_000)} | - | - |
    | reading and decoding alone, 2 threads | {Speed("decode", 60_000)} | {Ratio("decode", "folder")} | - |
    | running alone, from memory | {Speed("run", 60_000)} | {Ratio("run", "folder")} | - |
    | the slower of the two | - | {slower:f2} | at least 0.90 |
    | what is left for it where both share the same cores: the slower time over the sum | - | {shared:f2} | - |

    TorchSharp ran on 12,000 of the images. On a busy machine the contenders whose threads wait for each other inside an operator
    (onnxruntime-node, TorchSharp) lose more than those whose threads do not.

    The shipped models: [shipped-models.md](shipped-models.md). Where a folder's time goes:
    [experiment](../experiments/where-time-goes.md).
    """ + "\n";
Console.WriteLine(text);
File.WriteAllText(Path.Combine(root, "docs/benchmarks/embedding.md"), text);
Directory.Delete(folder, recursive: true);

double Ours(string source, string output) => Seconds(() =>
{
    using ImageStream images = ImageSource.OpenStream(source, Split.All);
    return EmbedJob.Run(session, images, Path.Combine(folder, output));
});

double Node()
{
    var start =
        new ProcessStartInfo("node", [Path.Combine(root, "bench/peers/embed.mjs"), model, idx, Path.Combine(folder, "node.npy"), "64",
        "2"])
        { RedirectStandardOutput = true };
    using var node = Process.Start(start)!;
    string said = node.StandardOutput.ReadToEnd();
    node.WaitForExit();
    return node.ExitCode == 0 ? double.Parse(said)
        : throw new InvalidOperationException("onnxruntime-node failed: (cd bench/peers && npm ci)");
}

double Torch() => Seconds(() =>
{
    using torch.Tensor all = torch.tensor(part, [part.Length / 784, 1, 28, 28]);
    using var _ = torch.inference_mode();
    for (long first = 0; first < all.shape[0]; first += 64)
    {
        using var scope = torch.NewDisposeScope();
        net.call(all.narrow(0, first, Math.Min(64, all.shape[0] - first)));
    }
    return 0;
}) * pixels.Length / part.Length;

double Decode(string source) => Seconds(() =>
{
    using ImageStream images = ImageSource.OpenStream(source, Split.All);
    Parallel.For(0, 2, _ =>
    {
        var batch = new ImageBatch(64, ImageShape.Mnist);
        while (Next())
        {
            batch.Decode();
        }

        bool Next()
        {
            lock (images)
            {
                return images.Read(batch, 64);
            }
        }
    });
    return 0;
});

static double Seconds<T>(Func<T> work)
{
    var clock = Stopwatch.StartNew();
    _ = work();
    return clock.Elapsed.TotalSeconds;
}

void Same(string name, float[] values, double tolerance)
{
    double worst = values.Zip(reference, (a, b) => Math.Abs(a - (double)b)).Max();
    if (values.Length != reference.Length || !(worst <= tolerance))
    {
        throw new InvalidOperationException($"{name} differs from the bare loop by {worst:g2}.");
    }
}

string Speed(string name, int count) => $"{count / Median(seconds[name]):n0}";

string Ratio(string other, string ours) => $"{Median(seconds[other].Zip(seconds[ours], (a, b) => a / b)):f2}";

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

static string Cpu() => File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo")
    .First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim() : "unknown";

static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
