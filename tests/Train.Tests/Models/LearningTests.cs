using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Spectral;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;
using TorchSharp;

namespace Toolchain.Train.Tests.Models;

/// <summary>
/// A short training on drawn digits passes a floor that the untrained net fails; labels, where there are any, only score.
/// </summary>
[Trait("Category", "Slow")]
public sealed class LearningTests : IDisposable
{
    static readonly ImageSet digits = StrokeDigits.Draw(2000, 3);

    readonly TemporaryFolder folder = new();

    public LearningTests() => torch.set_num_threads(Environment.ProcessorCount);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void MoCo_FourHundredSteps_KnowsViewsOfOneImage()
    {
        string run = Train("moco", "trained", "stepCount=400", "batchSize=128", "queueLength=1024", "augmentation.strokeProbability=0");
        double[] agreement =
            [.. File.ReadLines(Path.Combine(run, "metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("agreement").GetDouble())];
        double untrained = agreement[..5].Average(), trained = agreement[^20..].Average();
        Assert.True(untrained < 0.1 && trained > 0.15,
            $"views whose nearest key of 128 is their own: untrained {untrained:p1}, trained {trained:p1}");
    }

    [Fact]
    public void Capsules_SixHundredSteps_DrawImagesAndExplainParts()
    {
        torch.set_num_threads(1); // many small operators: more threads wait for each other where the machine is busy
        string run = Train("capsules", "capsules", "stepCount=600", "batchSize=32");
        double[] image = Losses("image"), parts = Losses("parts");
        Assert.True(image[..5].Average() > 180 && image[^20..].Average() < 140,
            $"image loss: untrained {image[..5].Average():f1}, trained {image[^20..].Average():f1}");
        Assert.True(parts[..5].Average() > 50 && parts[^20..].Average() < -50,
            $"parts loss: untrained {parts[..5].Average():f1}, trained {parts[^20..].Average():f1}");

        double[] Losses(string name) =>
            [.. File.ReadLines(Path.Combine(run, "metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty(name).GetDouble())];
    }

    [Fact]
    public void Refine_TwoHundredSteps_ClustersBetterThanItsStart()
    {
        string start = Train("moco", "start", "stepCount=200", "batchSize=64", "queueLength=512"),
            refined = Train("refine", "refined", "stepCount=200", "batchSize=64", "rounds=2", $"from={start}");
        Rows embeddings = Embed(start);
        double before = Purity(SpectralClustering.Fit(embeddings, new SpectralOptions())),
            after = Purity(KMeansClustering.Fit(Embed(refined), new KMeansOptions { ClusterCount = 10, Restarts = 5 }).Labels);
        Assert.True(before < after && after > 0.85, $"purity of ten clusters: start {before:p1}, refined {after:p1}");
    }

    [Fact]
    public void Autoencoder_ClusteringPhase_ClustersBetterThanReconstruction()
    {
        torch.set_num_threads(1); // small operators
        string[] steps = ["stepCount=600", "batchSize=128", "learningRate=0.002"];
        double plain = Purity(Clusters(Train("autoencoder", "plain", steps))),
            drawn = Purity(Clusters(Train("autoencoder", "drawn", [.. steps, "clusterSteps=300", "contrastWeight=0.02"])));
        Assert.True(plain < 0.65 && drawn > 0.75, $"purity of ten k-means clusters: without {plain:p1}, with the phase {drawn:p1}");

        static int[] Clusters(string run) => KMeansClustering.Fit(Embed(run), new KMeansOptions { ClusterCount = 10, Restarts = 5 }).Labels;
    }

    [Fact]
    public void InfoGan_ThreeHundredSteps_ReadsGeneratedCodesAndAgreesOnRealDigits()
    {
        // A smaller net than the poster's: a test of seconds. Untrained, the bound is near 0 (ln 10 at most), and views share nothing (ln
        // 10 at best).
        string run = Train("infogan", "trained", "stepCount=300", "hiddenSize=256", "channelCount=16", "consistency=true", "restarts=1");
        JsonElement[] steps = [.. File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        double Mean(string name, Range range) => steps[range].Average(step => step.GetProperty(name).GetDouble());
        Assert.True(Mean("bound", ..5) < 0.2 && Mean("bound", ^20..) > 1.8,
            $"bound: first {Mean("bound", ..5):f2}, last {Mean("bound", ^20..):f2}");
        Assert.True(Mean("information", ..5) < 0.05 && Mean("information", ^20..) > 0.3,
            $"information: first {Mean("information", ..5):f2}, last {Mean("information", ^20..):f2}");
    }

    [Fact]
    public void MoCo_ThousandSteps_NeedNoMoreMemoryThanTwoHundred()
    {
        var memory = new List<long>();
        // Without the last step's whitening, which embeds 500 images at a time.
        Train("moco", "long", new Watch(step => memory.Add(Environment.WorkingSet), every: 200), "stepCount=1000", "batchSize=32",
            "queueLength=64", "whitening=0");
        Assert.InRange(memory[^1] - memory[0], long.MinValue, 32L << 20); // bytes; one batch's activations are 4 MB
    }

    string Train(string method, string name, params string[] settings) => Train(method, name, null, settings);

    string Train(string method, string name, IProgress<TrainingProgress>? progress, params string[] settings)
    {
        Method known = MethodRegistry.Find(method);
        var request = new TrainingRequest
        {
            Data = digits,
            DataSpec = "strokes:2000:3",
            Options = OptionBinder.Apply(known.Defaults, settings),
            Progress = progress
        };
        TrainingRun.Execute(known, RunFolder.Create(folder[name]), request);
        return folder[name];
    }

    static Rows Embed(string run)
    {
        using TrainedEncoder encoder = TrainedEncoder.Open(run, new GradientJob(digits, 0, torch.CPU));
        using torch.Tensor all = encoder.EmbedAll();
        return new Rows(all.data<float>().ToArray(), (int)all.shape[1]);
    }

    static double Purity(int[] clusters) =>
        clusters.Zip(digits.Labels!).GroupBy(pair => pair.First)
        .Sum(cluster => cluster.CountBy(pair => pair.Second).Max(count => count.Value)) / (double)clusters.Length;

    sealed class Watch(Action<int> act, int every) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step % every == 0)
            {
                act(value.Step);
            }
        }
    }
}
