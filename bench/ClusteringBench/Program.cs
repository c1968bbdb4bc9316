// Clustering against scikit-learn, faiss and ML.NET on MNIST's training images. Prints the table and writes docs/benchmarks/clustering.md.
//   dotnet run --project bench/ClusteringBench -c Release -- [PAIRS [TEXT]]     with TEXT only the jobs that hold it, other rows stay as
// they are
using System.Diagnostics;
using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Projection;
using Toolchain.Clustering.Tsne;
using Toolchain.ClusteringBench;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;

int pairs = args.Length > 0 ? int.Parse(args[0]) : 5;
string root = Environment.CurrentDirectory;
ImageSet data = ImageSource.Open("mnist", Split.Train);
var bytes = new ByteRows(data.Pixels, ImageShape.Mnist.Size);
Rows pixels = bytes.ToRows();
string folder = Directory.CreateTempSubdirectory("bench-").FullName;
using var peer = new Peer(Path.Combine(root, "bench/peers/cluster.py"), folder);
JsonElement versions = peer.Ask(new { job = "versions" });
string page = Path.Combine(root, "docs/benchmarks/clustering.md");
var run = new Pairs(page, args.Length > 1 ? args[1] : "");
Save("pixels", pixels);

foreach (int k in new[] { 10, 30 })
{
    const string iterationsOf20 = "k-means k=10, 60,000 x 784, an iteration (of 20)";
    string given = $"k-means k={k}, whole fit to tolerance 1e-4",
        drawn = $"k-means k={k}, whole fit, each from its own k-means++ start (mean squared distance)";
    if (!run.Wants(given) && !run.Wants(drawn) && !run.Wants(iterationsOf20))
    {
        continue;
    }
    // One iteration after k-means++ draws: the same start for all.
    Rows start = KMeansClustering.Fit(bytes, new KMeansOptions { ClusterCount = k, MaxIterations = 1 }).Centres;
    Save($"start{k}", start);
    var few = new KMeansOptions { MaxIterations = 20, Tolerance = 0 };
    object Few(string algorithm) =>
        new { job = "kmeans-sklearn", rows = "pixels", start = "first10", iterations = 20, tolerance = 0.0, algorithm };
    if (k == 10)
    {
        var first = new Rows(pixels.Values[..(k * pixels.Width)], pixels.Width);
        Save("first10", first);
        run.Run(iterationsOf20, () => Fit(() => KMeansClustering.Fit(bytes, first, few)),
            new Dictionary<string, Func<Outcome>> { ["scikit-learn Lloyd"] = () => peer.Run(Few("lloyd")), ["scikit-learn Elkan"] = () =>
                peer.Run(Few("elkan")) },
            pairs, 1e-5, true, new Dictionary<string, double> { ["scikit-learn Lloyd"] = 4, ["scikit-learn Elkan"] = 4 });
    }
    if (!run.Wants(given) && !run.Wants(drawn))
    {
        continue;
    }
    int iterations = KMeansClustering.Fit(bytes, start, new KMeansOptions()).Iterations;
    var ml = new MicrosoftMl(pixels.Values.ToArray(), pixels.Width);
    Func<Outcome> whole = () => Fit(() => KMeansClustering.Fit(bytes, start, new KMeansOptions()));
    run.Run(given, whole,
        new Dictionary<string, Func<Outcome>>
        {
            ["scikit-learn Lloyd"] = () =>
                peer.Run(new { job = "kmeans-sklearn", rows = "pixels", start = $"start{k}", iterations = 300, tolerance = 1e-4,
                algorithm = "lloyd" }),
            ["faiss, all points, as many iterations"] = () =>
                peer.Run(new { job = "kmeans-faiss", rows = "pixels", start = $"start{k}", iterations }),
        },
        pairs, 1e-5, false, new Dictionary<string, double> { ["scikit-learn Lloyd"] = 8, ["faiss, all points, as many iterations"] = 3 });
    run.Run(drawn, () =>
    {
        Outcome own = Fit(() => KMeansClustering.Fit(bytes, new KMeansOptions { ClusterCount = k }));
        return own with { Value = own.Value / bytes.Count };
    }, new Dictionary<string, Func<Outcome>> { ["ML.NET"] = () => ml.Fit(k, 300, 1e-4) }, pairs, null, false,
        new Dictionary<string, double> { ["ML.NET"] = 10 });
}

foreach ((int width, int k, int iterations, double least) in new[] { (12, 10, 20, 15.0), (12, 50, 10, 15.0), (784, 10, 1, 2.5) })
{
    string job = $"mixture, full, k={k}, 60,000 x {width}, an iteration (of {iterations})";
    if (!run.Wants(job))
    {
        continue;
    }
    Rows rows = width == 784 ? pixels : Pca.Fit(pixels, width, whiten: true).Project(pixels);
    int[] labels = KMeansClustering.Fit(rows, new KMeansOptions { ClusterCount = k, MaxIterations = 5 }).Labels;
    Save($"rows{width}", rows);
    NpyFile.Write(Path.Combine(folder, $"labels{width}-{k}.npy"),
        TensorEntry.Of<long>([.. labels.Select(label => (long)label)], labels.Length));
    double regularization = width == 784 ? 1e-3 : 1e-6;
    var options = new GaussianMixtureOptions { ComponentCount = k, MaxIterations = iterations, Tolerance = 0,
        Regularization = regularization };
    run.Run(job, () => Mixture(rows, labels, options),
        new Dictionary<string,
            Func<Outcome>> { ["scikit-learn"] = () =>
            peer.Run(new { job = "mixture-sklearn", rows = $"rows{width}", labels = $"labels{width}-{k}", iterations, regularization }) },
        width == 784 ? Math.Min(2, pairs) : pairs, 1e-6, true, new Dictionary<string, double> { ["scikit-learn"] = least });
}

// Unit rows of 64 numbers in ten clouds, as an encoder gives them.
Rows embedding = Unit(Pca.Fit(pixels, 64, whiten: true).Project(pixels));
Save("embedding", embedding);
if (run.Wants("20 nearest neighbours"))
{
    NeighbourTable found = NeighbourSearch.OfEach(embedding, 20);
    _ = peer.Run(new { job = "neighbours-faiss", rows = "embedding", count = 20 });
    run.Alone("20 nearest neighbours of each of 60,000 x 64", $"recall {Recall(found):f6} against faiss", () =>
        Seconds(() => NeighbourSearch.OfEach(embedding, 20)), pairs, 4);
}
run.Run("20 nearest neighbours of each of 60,000 x 64", () => new Outcome(Seconds(() => NeighbourSearch.OfEach(embedding, 20)), 1, 1),
    new Dictionary<string,
        Func<Outcome>> { ["faiss IndexFlatL2"] = () =>
        peer.Run(new { job = "neighbours-faiss", rows = "embedding", count = 20 }) with { Value = 1 } }, pairs, 0, false,
        new Dictionary<string, double>());
foreach ((int count, int most) in new[] { (10_000, 0), (60_000, 60) })
{
    string job = $"t-SNE of {count:n0} x 64, {(most > 0 ? "1,000 iterations" : "our 750 iterations, 1,000 of the peer")}";
    if (!run.Wants(job))
    {
        continue;
    }
    Rows shown = new(embedding.Values[..(count * embedding.Width)], embedding.Width);
    if (most > 0)
    {
        run.Alone(job, "nearest neighbours included",
            () => Seconds(() => TsneEmbedding.Fit(shown, new TsneOptions { Iterations = 1000 })), 1,
            most);
        continue;
    }
    Save("shown", shown);
    Outcome Picture()
    {
        var clock = Stopwatch.StartNew();
        TsneResult found = TsneEmbedding.Fit(shown, new TsneOptions());
        double seconds = clock.Elapsed.TotalSeconds;
        Save("tsne_ours", found.Coordinates);
        return new Outcome(seconds, 750, peer.Ask(new { job = "tsne-quality", rows = "shown", places = "tsne_ours" }).GetProperty("value")
            .GetDouble());
    }
    double Kept(string places) => peer.Ask(new { job = "tsne-quality", rows = "shown", places }).GetProperty("kept").GetDouble();
    run.Run(job + " (divergence)", Picture, new Dictionary<string,
        Func<Outcome>> { ["scikit-learn Barnes-Hut"] = () => peer.Run(new { job = "tsne-sklearn", rows = "shown", iterations = 1000 }) },
        Math.Min(3, pairs), null, false, new Dictionary<string, double> { ["scikit-learn Barnes-Hut"] = 10 });
    Console.WriteLine($"10 neighbours kept: ours {Kept("tsne_ours"):p2}, scikit-learn {Kept("tsne_sklearn"):p2}");
}

run.Alone("poster row: k-means k=30 from draws to labels", "uvl train kmeans --set clusterCount=30", () =>
    Seconds(() => KMeansClustering.Fit(bytes, new KMeansOptions { ClusterCount = 30 })), pairs, 2);
run.Alone("poster row: 26 components, mixture of 130, from pixels to labels", "uvl train gmm --set componentCount=130", () => Seconds(() =>
{
    Rows rows = Pca.Fit(pixels, 26, whiten: true).Project(pixels);
    return GaussianMixture.Fit(rows, new GaussianMixtureOptions { ComponentCount = 130 });
}), Math.Min(3, pairs), 60);

File.WriteAllText(page, $"""
    # Clustering against scikit-learn, faiss and ML.NET

    `make bench`: MNIST's 60,000 training images, the same start for all but ML.NET, whose start cannot be given. Ours and the peer's run
    in turn, {pairs} times (the large mixture and t-SNE less often); medians of the times, and the median of the paired ratios. Answers
    (inertia, log-likelihood) are compared before times.

    Machine: {Environment.ProcessorCount} cores ({Cpu()}), .NET {Environment.Version}. Peers: scikit-learn
    {versions.GetProperty("scikit-learn")}, faiss {versions.GetProperty("faiss")}, numpy {versions.GetProperty("numpy")}, BLAS
    {versions.GetProperty("blas")}, ML.NET 5.0.1.

    | job | peer | ours | peer | ratio | asked | answers differ by |
    |---|---|---|---|---|---|---|
    {run.Table}

    `dotnet run --project bench/ClusteringBench -c Release -- 5 "mixture, full, k=10"` renews the rows whose job holds the text.

    Where the time goes: [experiment](../experiments/where-time-goes.md). A whole `uvl evaluate`: [shipped-models.md](shipped-models.md).
    """ + "\n");
Directory.Delete(folder, recursive: true);

void Save(string name, Rows rows) =>
    NpyFile.Write(Path.Combine(folder, $"{name}.npy"), TensorEntry.Of<float>(rows.Values.ToArray(), rows.Count, rows.Width));

static Outcome Fit(Func<KMeansResult> fit)
{
    var clock = Stopwatch.StartNew();
    KMeansResult result = fit();
    return new Outcome(clock.Elapsed.TotalSeconds, result.Iterations, result.Inertia);
}

static Outcome Mixture(Rows rows, int[] labels, GaussianMixtureOptions options)
{
    var clock = Stopwatch.StartNew();
    GaussianMixture result = GaussianMixture.Fit(rows, labels, options);
    return new Outcome(clock.Elapsed.TotalSeconds, result.Iterations, result.LogLikelihood);
}

static double Seconds<T>(Func<T> work)
{
    var clock = Stopwatch.StartNew();
    _ = work();
    return clock.Elapsed.TotalSeconds;
}

static Rows Unit(Rows rows)
{
    float[] values = rows.Values.ToArray();
    for (int row = 0; row < rows.Count; row++)
    {
        Span<float> own = values.AsSpan(row * rows.Width, rows.Width);
        float length = MathF.Sqrt(System.Linq.Enumerable.Sum(own.ToArray(), value => value * value));
        foreach (ref float value in own)
        {
            value /= length;
        }
    }
    return new Rows(values, rows.Width);
}

// Share of our neighbours that are no farther than faiss's last.
double Recall(NeighbourTable ours)
{
    long[] theirs = NpyFile.Read(Path.Combine(folder, "faiss_neighbours.npy")).ToArray<long>();
    long hits = 0;
    for (int row = 0; row < embedding.Count; row++)
    {
        var known = theirs[(row * 21)..(row * 21 + 21)].ToHashSet();
        hits += ours.Indices[(row * 20)..(row * 20 + 20)].Count(index => known.Contains(index));
    }
    return hits / (20.0 * embedding.Count);
}

static string Cpu() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim()
    : System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
