using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Losses;
using Toolchain.Train.Models.Autoencoder;
using Toolchain.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

public sealed class AutoencoderTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(60, 1);

    static readonly AutoencoderOptions small = new()
    {
        HiddenSize = 16,
        EmbeddingSize = 3,
        BatchSize = 20,
        StepCount = 9,
        ClusterSteps = 7,
        ClusterCount = 4,
    };

    // Codes on a line; centres at the means 1 and 5, off by 1, 1, 1, 1 of two numbers each: variance 4 / 8.
    [Fact]
    public void Start_ByHand_TakesMeansAndTheirSpread()
    {
        using var model = new AutoencoderModel(small with { EmbeddingSize = 2, ClusterCount = 2 }, ImageShape.Mnist);
        using Tensor codes = tensor(new float[] { 0, 7, 2, 7, 4, 7, 6, 7 }, [4, 2]),
            labels = tensor(new float[] { 1, 0, 1, 0, 0, 1, 0, 1 }, [4, 2]);
        CodeClusters clusters = model.Clusters!;
        clusters.Start(codes, labels);
        Assert.Equal([1, 7, 5, 7], clusters.Centres.data<float>().ToArray());
        // A code at 0: squared distances 1 and 25, over twice the variance.
        Assert.Equal([-1, -25], clusters.Logits(codes.narrow(0, 0, 1)).data<float>().ToArray());
    }

    [Fact]
    public void ClusterStart_OfFourCandidates_KeepsTheOneThatViewsAgreeOnMost()
    {
        manual_seed(3);
        var job = new GradientJob(digits, 1, CPU, 1);
        using var model = new AutoencoderModel(small, ImageShape.Mnist, digits.Count);
        CodeClusters clusters = model.Clusters!;
        double[] information = ClusterStart.Apply(clusters, model.Encoder.call, small, job);
        Assert.Equal(4, information.Length);
        Assert.All(information, value => Assert.InRange(value, 0, Math.Log(4)));
        Assert.True(information.Distinct().Count() > 1);
        using var drawer = new ViewDrawer(small.Augmentation, job, viewCount: 2);
        Tensor[] probability = [.. drawer.Draw(new Batch(0, 0, [.. Enumerable.Range(0, digits.Count)]))
            .Select(view => clusters.call(view).Probability)];
        Assert.Equal(information.Max(), -MutualInformationLoss.Compute(probability[0], probability[1]).ToSingle(), 1e-5);
    }

    [Fact]
    public void Step_InTheClusteringPhase_SetsTargetsAtEachEpoch()
    {
        using var trainer = new AutoencoderTrainer(small, new GradientJob(digits, 1, CPU, 1));
        var sampler = new BatchSampler(60, 20, 1);
        var model = (AutoencoderModel)trainer.Module;
        for (int step = 0; step < 9; step++)
        {
            float[] before = model.Target!.data<float>().ToArray(), centres = model.Clusters!.Centres.data<float>().ToArray();
            string[] losses = [.. trainer.Step(sampler[step]).Select(loss => loss.Name)];
            float[] after = model.Target!.data<float>().ToArray();
            Assert.Equal(step is 2 or 5 or 8, !before.AsSpan().SequenceEqual(after)); // three steps are an epoch
            if (step < 2)
            {
                Assert.Equal(["loss"], losses);
                Assert.All(centres, value => Assert.Equal(0, value));
                continue;
            }
            Assert.Equal(["loss", "reconstruction", "labels", "information", "agreement"], losses);
            Assert.All(after.Chunk(4), target => Assert.Equal(1, target.Sum(), 1e-5));
            Assert.NotEqual(centres, model.Clusters.Centres.data<float>().ToArray()); // they learn
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.02, 2)] // beside the loss, its two parts
    public void Step_WithContrast_NamesItsParts(double weight, int count)
    {
        using var trainer = new AutoencoderTrainer(small with { ContrastWeight = weight }, new GradientJob(digits, 1, CPU, 1));
        IReadOnlyList<Loss> losses = trainer.Step(new BatchSampler(60, 20, 1)[0]);
        Assert.Equal(count == 1 ? 1 : 3, losses.Count);
        if (count > 1)
        {
            Assert.Equal(losses[0].Value, losses[1].Value + weight * losses[2].Value, 1e-5);
        }
    }

    /// <summary>A run's encoder is opened on other images, whose number its targets do not fit.</summary>
    [Fact]
    public void Open_OnOtherImages_TakesTheEncoderAlone()
    {
        using var folder = new TemporaryFolder();
        Method method = MethodRegistry.Find("autoencoder");
        TrainingRun.Execute(method, RunFolder.Create(folder["run"]),
            new TrainingRequest { Data = digits, DataSpec = "strokes:60:1", Options = small, Threads = 1 });
        var job = new GradientJob(StrokeDigits.Draw(25, 2), 1, CPU, 1);
        using TrainedEncoder encoder = TrainedEncoder.Open(folder["run"], job);
        Assert.Equal([25, 3], encoder.EmbedAll().shape);
    }

    [Fact]
    public void Sheet_OfClusters_ShowsTheirCentres()
    {
        using var trainer = new AutoencoderTrainer(small, new GradientJob(digits, 1, CPU, 1));
        Assert.Equal((10 + 10 + 4) * 784, trainer.Sheet().Pixels.Length);
        using var plain = new AutoencoderTrainer(small with { ClusterSteps = 0 }, new GradientJob(digits, 1, CPU, 1));
        Assert.Equal((10 + 10) * 784, plain.Sheet().Pixels.Length);
    }

    [Fact]
    public void LearningRateAt_TheClusteringPhase_BeginsAnew()
    {
        AutoencoderOptions options = small with
        {
            StepCount = 30,
            ClusterSteps = 20,
            LearningRate = 1,
            Schedule = LearningRateSchedule.Cosine,
        };
        Assert.Equal([1, 0.5, 1, 0.5], new[] { 0, 5, 10, 20 }.Select(options.LearningRateAt).Select(rate => Math.Round(rate, 12)));
        AutoencoderOptions whole = options with { ClusterSteps = 0 };
        Assert.Equal(0.5, whole.LearningRateAt(15), 1e-12);
    }

    [Theory]
    [InlineData("contrastWeight=-1", "'contrastWeight' must be at least 0, was -1.")]
    [InlineData("clusterSteps=9", "'clusterSteps' must be in [0..stepCount=9), was 9.")]
    [InlineData("clusterCount=1", "'clusterCount' must be at least 2, was 1.")]
    [InlineData("clusterWeight=-1", "'clusterWeight' must be at least 0, was -1.")]
    [InlineData("mutualInformation=-1", "'mutualInformation' must be at least 0, was -1.")]
    public void Check_OutOfRange_SaysSo(string setting, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => OptionBinder.Apply(small, [setting]).Check()).Message);
}
