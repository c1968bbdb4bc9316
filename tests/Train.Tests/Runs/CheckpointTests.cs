using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Train.Core;
using Toolchain.Train.Models.Autoencoder;
using Toolchain.Train.Models.MoCo;
using Toolchain.Train.Runs;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Runs;

public sealed class CheckpointTests : IDisposable
{
    static readonly AutoencoderOptions options = new() { HiddenSize = 6, EmbeddingSize = 3, BatchSize = 4 };
    static readonly ImageSet digits = StrokeDigits.Draw(20, 1);

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
        Assert.Equal($"'{folder["a"]}': expected 'encoder.code.weight' as Float32[5,6], found Float32[3,6]; the run was made with other "
            + $"options.",
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["a"], other)).Message);
    }

    [Fact]
    public void Load_OtherMethod_SaysWhatIsMissing()
    {
        using AutoencoderTrainer saved = Trainer(1);
        using var other = new MoCoTrainer(new MoCoOptions { BatchSize = 2, QueueLength = 4 }, new GradientJob(digits, 1, CPU, 1));
        Checkpoint.Save(folder["a"], saved, 0);
        string message = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["a"], other)).Message;
        Assert.StartsWith($"'{folder["a"]}': expected a tensor 'model.", message);
        Assert.EndsWith("', found none; the checkpoint belongs to another method or version.", message);
    }

    [Fact]
    public void Load_AnyFlippedBit_IsRefusedByName() => Flip(400);

    [Fact, Trait("Category", "Torture")]
    public void Load_TwentyThousandFlippedBits_AreRefusedByName()
    {
        const int count = 20_000;
        Flip(count);
        if (Environment.GetEnvironmentVariable("UVL_TORTURE_TABLE") is string table)
        {
            File.AppendAllText(table, $"| flipped bits, in process | checkpoint | {count} | 0 |\n");
        }
    }

    void Flip(int trials)
    {
        using AutoencoderTrainer trainer = Trainer(1);
        Step(trainer, 0);
        Checkpoint.Save(folder["a"], trainer, 1, "0123");
        byte[] sound = File.ReadAllBytes(folder["a"]);
        var random = new Random(7);
        for (int trial = 0; trial < trials; trial++)
        {
            byte[] flipped = [.. sound];
            // The header, which is JSON, has more kinds of places than the numbers behind it.
            int at = random.Next(trial % 2 == 0 ? 2000 : sound.Length), bit = random.Next(8);
            flipped[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(folder["b"], flipped);
            Exception? error = Record.Exception(() => Checkpoint.Load(folder["b"], trainer, "0123"));
            Assert.True(error is CheckpointException,
                $"seed 7, byte {at}, bit {bit}: {error?.GetType().Name ?? "loaded"} {error?.Message}");
            Assert.Contains(folder["b"], error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_CheckpointOfAnotherConfiguration_IsRefused()
    {
        using AutoencoderTrainer trainer = Trainer(1);
        Checkpoint.Save(folder["a"], trainer, 1, "aaaa");
        Assert.Equal(1, Checkpoint.Load(folder["a"], trainer, "aaaa"));
        Assert.Equal($"'{folder["a"]}': expected a checkpoint of the config.json beside it (sha256 bbbb), found one of another run (aaaa); "
            + $"put the run's own files back together.",
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["a"], trainer, "bbbb")).Message);
    }

    [Fact]
    public void Load_WithoutDigest_IsRefused()
    {
        using AutoencoderTrainer trainer = Trainer(1);
        Checkpoint.Save(folder["a"], trainer, 0);
        SafeTensors.Write(folder["b"], SafeTensors.Read(folder["a"]).Tensors);
        Assert.StartsWith($"'{folder["b"]}': expected the digest none that the checkpoint states, found ",
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder["b"], trainer)).Message);
    }

    static AutoencoderTrainer Trainer(int seed) => new(options, new GradientJob(digits, seed, CPU, 1));

    static float Step(AutoencoderTrainer trainer, int step) => trainer.Step(new Batch(step, 0, [step, 5, 7, 9]))[0].Value;
}
