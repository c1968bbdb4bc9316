using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Layers;
using Toolchain.Train.Models.MoCo;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

public sealed class MoCoTests
{
    static readonly MoCoOptions small = new() { BatchSize = 2, QueueLength = 8, EmbeddingSize = 3 };

    [Fact]
    public void Enqueue_FiveBatchesIntoFourPlaces_OverwritesTheOldest()
    {
        using var model = new MoCoModel(small, ImageShape.Mnist);
        for (int number = 0; number < 5; number++)
        {
            model.Enqueue(full([2, 3], number + 1), number);
        }
        float[] firstColumn = [.. model.Queue.select(1, 0).data<float>()];
        Assert.Equal([5, 5, 2, 2, 3, 3, 4, 4], firstColumn);
    }

    [Fact]
    public void Enqueue_QueueShorterThanTheBatch_KeepsTheLastKeys()
    {
        using var model = new MoCoModel(small with { BatchSize = 6, QueueLength = 2 }, ImageShape.Mnist);
        for (int number = 0; number < 3; number++)
        {
            model.Enqueue(arange(6 * number, 6 * number + 6, float32).unsqueeze(1).expand(6, 3), number);
        }
        Assert.Equal([16f, 17], model.Queue.select(1, 0).data<float>().ToArray());
    }

    [Fact]
    public void Step_WithProjectorAndAdamW_MovesBoth()
    {
        using var trainer = new MoCoTrainer(small with { ProjectionSize = 5, Optimizer = MoCoOptimizer.AdamW, LearningRate = 1e-3 },
            new GradientJob(StrokeDigits.Draw(20, 1), 1, CPU, 1));
        Dictionary<string, float[]> before = Parameters(trainer.Module, "query.");
        trainer.Step(new Batch(0, 0, [4, 9]));
        Assert.All(Parameters(trainer.Module, "query."), pair => Assert.NotEqual(before[pair.Key], pair.Value));
        Assert.Equal([8, 5], trainer.Module.state_dict()["queue"].shape);
        Assert.Contains(before.Keys, name => name.StartsWith("projector.", StringComparison.Ordinal));
    }

    [Fact]
    public void Encoder_InBFloat16_IsNearlyTheSameInTrainingAndTheSameInEvaluation()
    {
        using var scope = NewDisposeScope();
        using MoCoEncoder exact = new(new() { EmbeddingSize = 3 }, ImageShape.Mnist),
            rounded = new(new() { EmbeddingSize = 3, Precision = Precision.BFloat16 }, ImageShape.Mnist);
        Tensor image = rand(8, 1, 28, 28);
        PrecisionCheck.IsNearlyTheSameInTrainingAndTheSameInEvaluation(exact, rounded, encoder => encoder.call(image).Feature);
    }

    [Fact]
    public void FollowQuery_ByHand() // .9 * 1 + .1 * 3
    {
        using var model = new MoCoModel(small, ImageShape.Mnist);
        Fill(model, "query.", 3);
        Fill(model, "key.", 1);
        model.FollowQuery(0.9);
        Assert.All(Parameters(model, "key."), pair => Assert.All(pair.Value, value => Assert.Equal(1.2f, value, 1e-6f)));
        Assert.All(Parameters(model, "query."), pair => Assert.All(pair.Value, value => Assert.Equal(3f, value)));
    }

    [Fact]
    public void Step_First_MovesTheQueryEncoderAlone()
    {
        using var trainer = new MoCoTrainer(small, new GradientJob(StrokeDigits.Draw(20, 1), 1, CPU, 1));
        Dictionary<string, float[]> query = Parameters(trainer.Module, "query."), key = Parameters(trainer.Module, "key.");
        Assert.Equal(query["encoder.conv1.weight"], key["encoder.conv1.weight"]);

        trainer.Step(new Batch(0, 0, [4, 9]));

        // Both start equal, so following the query changes nothing but the last bit.
        Assert.All(Parameters(trainer.Module, "key."), pair =>
            Assert.All(pair.Value.Zip(key[pair.Key]), both => Assert.Equal(both.Second, both.First, 1e-6f)));
        Assert.All(Parameters(trainer.Module, "query."), pair => Assert.NotEqual(query[pair.Key], pair.Value));
        Assert.All(trainer.Module.named_parameters(), named =>
            Assert.Equal(named.name.StartsWith("query.", StringComparison.Ordinal), named.parameter.grad is not null));
    }

    [Fact]
    public void Step_First_FillsTheQueueWithUnitRows()
    {
        using var trainer = new MoCoTrainer(small, new GradientJob(StrokeDigits.Draw(20, 1), 1, CPU, 1));
        trainer.Step(new Batch(0, 0, [4, 9]));
        Tensor queue = trainer.Module.state_dict()["queue"]; // [Q,D]
        Assert.All(queue.norm(1).data<float>().ToArray(), length => Assert.Equal(1f, length, 1e-5f));
    }

    [Fact]
    public void Encoder_AnyImage_GivesUnitRows()
    {
        using var encoder = new MoCoEncoder(new() { EmbeddingSize = 5 }, ImageShape.Mnist);
        (Tensor rows, Tensor feature) = encoder.call(rand(4, 1, 28, 28));
        Assert.Equal([4, 5], rows.shape);
        Assert.Equal([4, SmallConvnet.FeatureSize(ImageShape.Mnist)], feature.shape);
        Assert.All(rows.norm(1).data<float>().ToArray(), length => Assert.Equal(1f, length, 1e-5f));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(96)]
    [InlineData(0)]
    public void Check_QueueLengthNoMultiple_SaysSo(int length) =>
        Assert.Equal($"'queueLength' must be a positive multiple or a divisor of batchSize=256, was {length}.",
        Assert.Throws<ArgumentException>(() => new MoCoOptions { QueueLength = length }.Check()).Message);

    static void Fill(nn.Module model, string prefix, float value)
    {
        using (no_grad())
        {
            foreach ((_, Parameter parameter) in model.named_parameters()
                .Where(named => named.name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                parameter.fill_(value);
            }
        }
    }

    static Dictionary<string, float[]> Parameters(nn.Module model, string prefix) => model.named_parameters()
        .Where(named => named.name.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(named => named.name[prefix.Length..], named => named.parameter.detach().data<float>().ToArray());
}
