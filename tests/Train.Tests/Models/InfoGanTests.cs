using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Models.InfoGan;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

public sealed class InfoGanTests
{
    static readonly InfoGanOptions small = new()
    {
        BatchSize = 8,
        HiddenSize = 16,
        ChannelCount = 2,
        ClusterCount = 4,
        NoiseSize = 5,
        ContinuousStart = 0
    };

    static readonly GradientJob job = new(StrokeDigits.Draw(20, 1), 1, CPU, 1);

    [Fact]
    public void Networks_OfThePoster_HaveItsSizes()
    {
        using var model = new InfoGanModel(new InfoGanOptions(), ImageShape.Mnist);
        Dictionary<string, long[]> shapes = model.named_parameters().ToDictionary(named => named.name, named => named.parameter.shape);
        Assert.Equal([1024, 74], shapes["generator.fc1.weight"]);
        Assert.Equal([6272, 1024], shapes["generator.fc2.weight"]);
        Assert.Equal([128, 64, 4, 4], shapes["generator.conv1.weight"]);
        Assert.Equal([64, 1, 4, 4], shapes["generator.conv2.weight"]);
        Assert.Equal([64, 1, 4, 4], shapes["recogniser.conv1.weight"]);
        Assert.Equal([128, 64, 4, 4], shapes["recogniser.conv2.weight"]);
        Assert.Equal([1024, 6272], shapes["recogniser.fc.weight"]);
        Assert.Equal([128, 1024], shapes["recogniser.embedding.weight"]);
        Assert.Equal([10, 128], shapes["recogniser.code.weight"]);
        Assert.Equal([2, 128], shapes["recogniser.continuous.weight"]);
        Assert.Equal([1, 1024], shapes["discriminator.weight"]);
    }

    [Fact]
    public void Outputs_OfThreeImages_HaveTheirShapes()
    {
        using var model = new InfoGanModel(small, ImageShape.Mnist);
        Latent latent = Latent.Draw(small, 1, 0, 3, CPU);
        Tensor image = model.Generator.call(latent.Noise, latent.OneHot, latent.Continuous);
        Assert.Equal([3, 1, 28, 28], image.shape);
        Assert.InRange(image.min().ToSingle(), 0, 1);
        Assert.InRange(image.max().ToSingle(), 0, 1);
        RecogniserOutput output = model.Recogniser.call(image);
        Assert.Equal([3, Recogniser.EmbeddingSize], output.Embedding.shape);
        Assert.Equal([3, 4], output.Probability.shape);
        Assert.Equal([3], output.Cluster.shape);
        Assert.Equal([3, 2], output.Continuous.shape);
        Assert.All(output.Probability.sum(1).data<float>().ToArray(), sum => Assert.Equal(1, sum, 1e-5f));
    }

    [Fact]
    public void Latent_TenOfFourCodes_UsesEachTwoOrThreeTimes()
    {
        Latent latent = Latent.Draw(small, 1, 0, 10, CPU);
        Assert.Equal([3f, 3, 2, 2], latent.OneHot.sum([0]).data<float>().ToArray());
        Assert.Equal(latent.Code.data<long>().ToArray(), latent.OneHot.argmax(1).data<long>().ToArray());
        Assert.All(latent.Noise.data<float>().ToArray(), value => Assert.InRange(value, -1, 1));
        Assert.True(latent.Noise.min().ToSingle() < -0.5 && latent.Noise.max().ToSingle() > 0.5);
        Assert.NotEqual(latent.Noise.data<float>().ToArray(), Latent.Draw(small, 1, 1, 10, CPU).Noise.data<float>().ToArray());
    }

    [Fact]
    public void Discriminate_Generated_LeavesTheRunningStatistics()
    {
        using var model = new InfoGanModel(small, ImageShape.Mnist);
        float[] Statistics() =>
            [.. model.Recogniser.named_buffers().Where(named => named.name.Contains("running", StringComparison.Ordinal))
            .SelectMany(named => named.buffer.data<float>().ToArray())];
        float[] before = Statistics();
        model.Discriminate(rand(8, 1, 28, 28), isReal: false);
        Assert.Equal(before, Statistics());
        model.Discriminate(rand(8, 1, 28, 28), isReal: true);
        Assert.NotEqual(before, Statistics());
    }

    [Fact]
    public void Discriminate_RealOrGenerated_IsTheSameFunctionInTraining()
    {
        using var model = new InfoGanModel(small, ImageShape.Mnist);
        Tensor image = rand(8, 1, 28, 28);
        DiscriminatorOutput asReal = model.Discriminate(image, isReal: true), asGenerated = model.Discriminate(image, isReal: false);
        Assert.Equal(asReal.Real.data<float>().ToArray(), asGenerated.Real.data<float>().ToArray());
        Assert.Equal(asReal.Code.data<float>().ToArray(), asGenerated.Code.data<float>().ToArray());
    }

    [Fact]
    public void Step_First_MovesEveryWeight()
    {
        using var trainer = new InfoGanTrainer(small, job);
        Dictionary<string, float[]> before = Parameters(trainer.Module);
        trainer.Step(new Batch(0, 0, [0, 1, 2, 3, 4, 5, 6, 7]));
        Assert.All(Parameters(trainer.Module), pair => Assert.NotEqual(before[pair.Key], pair.Value));
    }

    /// <summary>
    /// The consistency term concerns discriminator and recogniser alone; the generator feels it through them, as they are after their move.
    /// </summary>
    [Fact]
    public void Learn_WithConsistency_MovesTheSharedLayersOtherwise()
    {
        float[] After(bool consistency)
        {
            using var trainer = new InfoGanTrainer(small with { Consistency = consistency }, job);
            trainer.Step(new Batch(0, 0, [0, 1, 2, 3, 4, 5, 6, 7]));
            return Parameters(trainer.Module)["recogniser.fc.weight"];
        }
        Assert.Equal(After(true), After(true));
        Assert.NotEqual(After(true), After(false));
    }

    [Fact]
    public void Discriminate_InBFloat16_IsNearlyTheSameInTrainingAndTheSameInEvaluation()
    {
        using InfoGanModel exact = new(small, ImageShape.Mnist), rounded = new(small with { Precision = Precision.BFloat16 },
            ImageShape.Mnist);
        Tensor image = rand(8, 1, 28, 28);
        PrecisionCheck.IsNearlyTheSameInTrainingAndTheSameInEvaluation(exact, rounded, model =>
            model.Discriminate(image, isReal: false).Real);
    }

    [Fact]
    public void Step_InBFloat16_MovesEveryWeight()
    {
        using var trainer = new InfoGanTrainer(small with { Precision = Precision.BFloat16 }, job);
        Dictionary<string, float[]> before = Parameters(trainer.Module);
        trainer.Step(new Batch(0, 0, [0, 1, 2, 3, 4, 5, 6, 7]));
        Assert.All(Parameters(trainer.Module), pair => Assert.NotEqual(before[pair.Key], pair.Value));
    }

    [Fact]
    public void Sheet_ChangesNothing()
    {
        using var trainer = new InfoGanTrainer(small, job);
        float[] State() =>
            [.. trainer.Module.state_dict().Where(pair => pair.Value.dtype == float32)
            .SelectMany(pair => pair.Value.detach().data<float>().ToArray())];
        float[] before = State();
        ImageGrid sheet = trainer.Sheet();
        Assert.Equal(before, State());
        Assert.True(trainer.Module.training);
        Assert.Equal((4 * 10 * 784, 10), (sheet.Pixels.Length, sheet.Columns));
        Assert.Equal(sheet.Pixels, trainer.Sheet().Pixels);
    }

    [Theory]
    [InlineData(2.30f, 0.75f, 500, null)]
    [InlineData(1.50f, 0.75f, 99, null)]
    [InlineData(1.50f, 0.75f, 100, "codes collapse: the marginal entropy of the code on real images is 1.50 of 2.30 nats, as if only 4.5 "
        + "of 10 codes were in use")]
    [InlineData(2.30f, 0.99f, 100, "the discriminator wins: it tells 99.0 % of images rightly, so the generator learns little; lower "
        + "discriminatorRate")]
    public void Warning_OfRunningMeans_SaysWhatIsWrong(float entropy, float accuracy, int step, string? expected) =>
        Assert.Equal(expected, CollapseWatch.Warning(tensor([entropy, accuracy]), 10, step));

    [Fact]
    public void Follow_ByHand() // .95 * ln 10 + .05 * 1, .95 * .75 + .05 * .95
    {
        Tensor trend = tensor(CollapseWatch.Start(10));
        CollapseWatch.Follow(trend, tensor(1f), tensor(0.95f));
        Assert.Equal([0.95f * MathF.Log(10) + 0.05f, 0.76f], trend.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Check_AugmentationWithoutGradient_SaysSo() => Assert.Equal(
        "'augmentation' must be of affine and elastic maps alone (every probability 0), was 0.5.",
        Assert.Throws<ArgumentException>(() => new InfoGanOptions { Augmentation = new() }.Check()).Message);

    static Dictionary<string, float[]> Parameters(nn.Module model) =>
        model.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach().data<float>().ToArray());
}
