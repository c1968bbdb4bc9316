using Toolchain.Data;
using Toolchain.Train.Models.Autoencoder;
using Toolchain.Train.Models.MoCo;
using Toolchain.Train.Running;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Running;

public sealed class CheckpointTests : IDisposable
{
    static readonly AutoencoderOptions options = new() { HiddenSize = 6, EmbeddingSize = 3, BatchSize = 4 };
    static readonly DigitSet digits = Strokes.Draw(20, 1);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_AfterSave_GivesTheSameStateAndTheSameNextStep()
    {
        using AutoencoderTrainer first = Trainer(1), second = Trainer(2);
        Step(first, 0);
        Step(first, 1);
        Checkpoint.Save(folder["a"], first, 2);
        Assert.Equal(2, Checkpoint.Load(folder["a"], second));
        Checkpoint.Save(folder["b"], second, 2);
        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));

        // Batches and views depend on the seed, so the same seed goes on from the state.
        using AutoencoderTrainer third = Trainer(1);
        Checkpoint.Load(folder["a"], third);
        Assert.Equal(Step(first, 2), Step(third, 2));
        Assert.Equal(Step(first, 3), Step(third, 3));
    }

    [Fact]
    public void Load_OtherShape_SaysWhichTensor()
    {
        using AutoencoderTrainer saved = Trainer(1), other = new(options with { EmbeddingSize = 5 }, new GradientJob(digits, 1, CPU, 1));
        Checkpoint.Save(folder["a"], saved, 0);
        Assert.Equal($"'{folder["a"]}': expected 'encoder.code.weight' as Float32[5,6], found Float32[3,6]; the run was made with other options.",
            Assert.Throws<InvalidDataException>(() => Checkpoint.Load(folder["a"], other)).Message);
    }

    [Fact]
    public void Load_OtherMethod_SaysWhatIsMissing()
    {
        using AutoencoderTrainer saved = Trainer(1);
        using var other = new MoCoTrainer(new MoCoOptions { BatchSize = 2, QueueLength = 4 }, new GradientJob(digits, 1, CPU, 1));
        Checkpoint.Save(folder["a"], saved, 0);
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Load(folder["a"], other)).Message;
        Assert.StartsWith($"'{folder["a"]}': expected a tensor 'model.", message);
        Assert.EndsWith("', found none; the checkpoint belongs to another method or version.", message);
    }

    [Fact]
    public void Load_WithoutStep_SaysThatItIsNoCheckpoint()
    {
        using AutoencoderTrainer trainer = Trainer(1);
        Checkpoint.Save(folder["a"], trainer, 0);
        SafeTensors.Write(folder["b"], SafeTensors.Read(folder["a"]).Tensors);
        Assert.Equal($"'{folder["b"]}': expected metadata 'step', found none; this is no checkpoint of a training run.",
            Assert.Throws<InvalidDataException>(() => Checkpoint.Load(folder["b"], trainer)).Message);
    }

    [Fact]
    public void Load_DamagedOptimizer_IsBadData()
    {
        using AutoencoderTrainer trainer = Trainer(1);
        Step(trainer, 0);
        Checkpoint.Save(folder["a"], trainer, 1);
        SafeTensorsContent content = SafeTensors.Read(folder["a"]);
        SafeTensors.Write(folder["b"], [.. content.Tensors.Select(pair => pair.Name == "optimizer.0" ? (pair.Name, TensorEntry.Of<byte>(new byte[5], 5)) : pair)], content.Metadata);
        Assert.StartsWith($"'{folder["b"]}': ", Assert.Throws<InvalidDataException>(() => Checkpoint.Load(folder["b"], trainer)).Message);
    }

    static AutoencoderTrainer Trainer(int seed) => new(options, new GradientJob(digits, seed, CPU, 1));

    static float Step(AutoencoderTrainer trainer, int step) => trainer.Step(new Batch(step, 0, [step, 5, 7, 9]))[0].Value;
}
