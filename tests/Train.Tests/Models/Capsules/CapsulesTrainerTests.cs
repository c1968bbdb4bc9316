using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Models.Capsules;
using Toolchain.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class CapsulesTrainerTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(20, 1);

    public CapsulesTrainerTests() => set_num_threads(1);

    [Fact]
    public void Losses_OfObjects_ReachPartsThroughTheirFeaturesAlone()
    {
        using CapsulesTrainer trainer = Fresh(new CapsulesOptions());
        Loss(trainer, "parts").backward();
        Dictionary<string, Tensor?> gradients = Gradients(trainer);
        Tensor capsules = gradients["parts.capsules.weight"]!.view(24, 24, -1); // [8+F,P,C]: pose, feature, presence, attention
        Assert.True(capsules.narrow(0, 6, 16).abs().sum().ToSingle() > 0);
        Assert.Equal(0, capsules.narrow(0, 0, 6).abs().sum().ToSingle());
        Assert.Equal(0, capsules.narrow(0, 22, 1).abs().sum().ToSingle());
        Assert.Null(gradients["templates.ink"]);
    }

    [Fact]
    public void Losses_OfTheImage_MovePartsAndTemplatesAlone()
    {
        using CapsulesTrainer trainer = Fresh(new CapsulesOptions());
        Loss(trainer, "image").backward();
        Assert.All(Gradients(trainer), pair => Assert.Equal(
            pair.Key.StartsWith("parts.", StringComparison.Ordinal) || pair.Key.StartsWith("templates.", StringComparison.Ordinal),
            pair.Value is Tensor gradient && gradient.abs().sum().ToSingle() > 0));
    }

    /// <summary>
    /// By plain loops: each row's softmax over the other half's cosines, at the row of its own image; the mean over all rows.
    /// </summary>
    [Fact]
    public void Losses_Contrast_TellsTheViewsOfAnImageFromOtherImages()
    {
        // .3 halfway
        using CapsulesTrainer trainer =
            Fresh(new CapsulesOptions { ContrastTemperature = 0.15, LastContrastTemperature = 0.6, StepCount = 10 });
        trainer.Module.eval(); // presences of a row do not depend on the others
        Tensor canvas = new GradientJob(digits, 0, CPU).Images([0, 1, 2, 3, 4, 5]);
        float[,] presence = Rows(trainer.Embed(canvas));
        const int half = 3;
        double sum = 0;
        for (int row = 0; row < 2 * half; row++)
        {
            int first = row < half ? half : 0;
            double[] weights = [.. Enumerable.Range(first, half).Select(other => Math.Exp(Cosine(presence, row, other) / 0.3))];
            sum -= Math.Log(weights[row % half] / weights.Sum());
        }
        (_, double weight, Tensor value) = trainer.Losses(canvas, null, 5).Single(loss => loss.Name == "contrast");
        Assert.Equal(50, weight);
        Assert.Equal(sum / (2 * half), value.ToSingle(), 1e-5);
    }

    [Fact]
    public void Step_Contrast_HasTheTemperatureOfItsStep()
    {
        Assert.Equal(Contrast(0.2, 0.2), Contrast(0.1, 0.4));
        Assert.NotEqual(Contrast(0.1, 0.1), Contrast(0.1, 0.4));

        static double Contrast(double first, double last)
        {
            using CapsulesTrainer trainer =
                Fresh(new CapsulesOptions { ContrastTemperature = first, LastContrastTemperature = last, StepCount = 10 });
            return Math.Round(trainer.Step(new Batch(5, 0, [0, 1, 2, 3])).Single(loss => loss.Name == "contrast").Value, 4); // halfway: .2
        }
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(10_000, 0.1414213562)]
    [InlineData(20_000, 0.2)]
    public void ContrastTemperatureAt_Fast_RisesByEqualFactors(int step, double expected) =>
        Assert.Equal(expected, new CapsulesOptions().ContrastTemperatureAt(step), 1e-9);

    [Fact]
    public void RelabelsAt_Fast_IsFourTimesInTheLastTwoFifths() =>
        Assert.Equal([12_000, 14_000, 16_000, 18_000], Enumerable.Range(0, 20_000).Where(new CapsulesOptions().RelabelsAt));

    [Fact]
    public void RelabelsAt_WithoutSelfLabels_IsNever() =>
        Assert.DoesNotContain(true, Enumerable.Range(0, 10).Select(new CapsulesOptions { StepCount = 10, SelfLabelShare = 0 }.RelabelsAt));

    [Fact]
    public void Step_OnceSelfLabelled_TakesImagesOfOneClusterForOne()
    {
        var options = new CapsulesOptions { StepCount = 4, SelfLabelShare = 0.5, SelfLabelRounds = 1, ClassCount = 2, ConfidentShare = 1 };
        using CapsulesTrainer trainer = Fresh(options);
        Tensor confident = trainer.Module.state_dict()["labels.confident"], target = trainer.Module.state_dict()["labels.target"];
        trainer.Step(new Batch(1, 0, [0, 1, 2, 3]));
        Assert.Equal(0, confident.sum().ToSingle());
        trainer.Step(new Batch(2, 0, [0, 1, 2, 3]));
        Assert.Equal(20, confident.sum().ToSingle()); // all of both clusters
        Assert.Equal(2, target.argmax(1).data<long>().ToArray().Distinct().Count());
        Assert.NotEqual(Contrast(options with { SelfLabelShare = 0 }), Contrast(options)); // of four images at least two are in one cluster

        static float Contrast(CapsulesOptions options)
        {
            using CapsulesTrainer fresh = Fresh(options);
            return fresh.Step(new Batch(2, 0, [0, 1, 2, 3])).Single(loss => loss.Name == "contrast").Value;
        }
    }

    [Fact]
    public void Losses_OfAGroup_HaveItsOtherImagesAsPositives()
    {
        using CapsulesTrainer trainer = Fresh(new CapsulesOptions());
        trainer.Module.eval();
        Tensor canvas = new GradientJob(digits, 0, CPU).Images([0, 1, 2, 3]), group = tensor(new long[] { 5, 5 });
        Tensor presence = nn.functional.normalize(trainer.Embed(canvas), dim: 1), logits = presence[0..2].matmul(presence[2..4].t()) / 0.1;
        // All keys of a query's group: minus the mean of the log-softmax, both ways.
        double expected = -(logits.log_softmax(1).mean() + logits.log_softmax(0).mean()).ToDouble() / 2;
        Assert.Equal(expected, trainer.Losses(canvas, null, 0, group).Single(loss => loss.Name == "contrast").Value.ToDouble(), 1e-5);
    }

    [Theory]
    [InlineData("selfLabelShare=1", "'selfLabelShare' must be in [0..1), was 1.")]
    [InlineData("contrastWeight=0", "'selfLabelShare' must be 0 where contrastWeight is 0, was 0.4.")]
    [InlineData("selfLabelRounds=0", "'selfLabelRounds' must be at least 1, was 0.")]
    [InlineData("confidentShare=0", "'confidentShare' must be in (0..1], was 0.")]
    public void Check_OutOfRange_SaysSo(string setting, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => OptionBinder.Apply(new CapsulesOptions(), [setting]).Check()).Message);

    [Fact]
    public void Preset_Official_HasTheAuthorsSizesAndLosses()
    {
        using CapsulesTrainer trainer = Fresh(CapsulesOptions.Official);
        Dictionary<string, long[]> shapes = trainer.Encoder.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.shape);
        Assert.Equal([1, 128, 5, 5], shapes["parts.placeBias"]);
        Assert.Equal([40 * 24, 128, 1, 1], shapes["parts.capsules.weight"]);
        Assert.Equal([40, 11, 11], shapes["templates.ink"]);
        Assert.Equal([16, 144], shapes["transformer.token.weight"]);
        Assert.Equal([32, 16], shapes["transformer.blocks.2.wide.weight"]); // d - 2d - d
        Assert.Equal([32, 128, 327], shapes["objects.outputWeight"]);
        Assert.DoesNotContain("objects.normal.weight", shapes.Keys);
        Assert.Equal([("image", 1), ("parts", 1), ("deformation", 10), ("prior_within", 2), ("prior_between", 0.35),
            ("posterior_within", 0.7), ("posterior_between", 0.2)],
            trainer.Losses(rand(2, 1, 40, 40), null, 0).Select(loss => (loss.Name, loss.Weight)));
    }

    [Fact]
    public void Preset_ThenAnotherSetting_KeepsBoth()
    {
        CapsulesOptions options = OptionBinder.Apply(new CapsulesOptions(), ["preset=official", "partCount=30"]);
        Assert.Equal(options, OptionBinder.Apply(new CapsulesOptions(), ["partCount=30", "Preset=Official"]));
        Assert.Equal(CapsulesOptions.Fast, OptionBinder.Apply(CapsulesOptions.Official, ["preset=fast"]));
        Assert.Equal((30, 32, 300_000, CapsulesOptimizer.RmsProp),
            (options.PartCount, options.ObjectCount, options.StepCount, options.Optimizer));
    }

    [Fact]
    public void Step_OfficialPreset_Learns()
    {
        using CapsulesTrainer trainer =
            Fresh(CapsulesOptions.Official with
            {
                PartCount = 4,
                ObjectCount = 3,
                ChannelCount = 8,
                FirstChannelCount = 8,
                CodeSize = 8,
                BatchSize = 4,
                LearningRate = 1e-3
            });
        int[] samples = [1, 2, 3, 4];
        float[] image =
            [.. Enumerable.Range(0, 40).Select(step =>
            { using var scope = NewDisposeScope(); return trainer.Step(new Batch(step, 0, samples))
            .Single(loss => loss.Name == "image").Value; })];
        Assert.True(image[^5..].Average() < image[..5].Average() - 5, $"image loss {image[..5].Average()} -> {image[^5..].Average()}");
    }

    [Fact]
    public void Place_OnALargerCanvas_IsTheMiddleWithoutShift()
    {
        using var model = new CapsuleAutoencoder(new CapsulesOptions { CanvasSide = 40 }, ImageShape.Mnist);
        Tensor images = new GradientJob(digits, 0, CPU).Images([0, 1]);
        var batch = new Batch(0, 0, [0, 1]);
        Tensor still = CanvasPlacement.Shifted(images, batch, 0, new CapsulesOptions { CanvasSide = 40, Shift = 0 }, 1);
        Assert.Equal(model.Place(images), still);
        Tensor shifted = CanvasPlacement.Shifted(images, batch, 0, new CapsulesOptions { CanvasSide = 40, Shift = 6 }, 1);
        Assert.NotEqual(still, shifted);
        Assert.True(images.sum([1, 2, 3]).allclose(shifted.sum([1, 2, 3]), 1e-4)); // nothing is cut off
    }

    [Fact]
    public void Place_Shifted_CopiesEachImageToItsPlace()
    {
        var options = new CapsulesOptions { CanvasSide = 40, Shift = 6 };
        var batch = new Batch(7, 2, [3, 0, 5]);
        Tensor images = new GradientJob(digits, 0, CPU).Images(batch.Samples), expected = zeros(3, 1, 40, 40);
        for (int i = 0; i < 3; i++)
        {
            var random = new RandomStream(1, "shift", batch.Epoch, batch.Samples[i], 1);
            int x = random.NextInt32(13), y = random.NextInt32(13);
            expected[i, 0].narrow(0, y, 28).narrow(1, x, 28).copy_(images[i, 0]);
        }
        Assert.Equal(expected, CanvasPlacement.Shifted(images, batch, 1, options, 1));
    }

    static double Cosine(float[,] rows, int a, int b)
    {
        double Dot(int i, int j) => Enumerable.Range(0, rows.GetLength(1)).Sum(k => (double)rows[i, k] * rows[j, k]);
        return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
    }

    static float[,] Rows(Tensor rows)
    {
        var result = new float[rows.shape[0], rows.shape[1]];
        Buffer.BlockCopy(rows.data<float>().ToArray(), 0, result, 0, result.Length * sizeof(float));
        return result;
    }

    static CapsulesTrainer Fresh(CapsulesOptions options) => new(options, new GradientJob(digits, 1, CPU, 1));

    static Tensor Loss(CapsulesTrainer trainer, string name) =>
        trainer.Losses(rand(4, 1, 28, 28), null, 0).Single(loss => loss.Name == name).Value;

    static Dictionary<string, Tensor?> Gradients(CapsulesTrainer trainer) =>
        trainer.Encoder.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad);
}
