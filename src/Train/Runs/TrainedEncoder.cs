using Toolchain.Train.Core;
using static TorchSharp.torch;

namespace Toolchain.Train.Runs;

/// <summary>The encoder of an earlier run, as its checkpoint has it, for methods that start from another's embeddings.</summary>
sealed class TrainedEncoder : ITrainedEncoder
{
    readonly IGradientTrainer trainer;
    readonly GradientJob job;

    TrainedEncoder(IGradientTrainer trainer, GradientJob job) => (this.trainer, this.job) = (trainer, job);

    /// <summary>Opens the run in <paramref name="folder"/>.</summary>
    /// <exception cref="InvalidDataException">There is no run, or no checkpoint in it.</exception>
    /// <exception cref="ArgumentException">Its method has no encoder that is trained by gradient.</exception>
    public static TrainedEncoder Open(string folder, GradientJob job)
    {
        RunFolder run = RunFolder.Open(folder);
        var config = RunConfig.Read(run);
        IGradientTrainer trainer = config.Method.RestoreEncoder(run, config.Options, job with { Seed = config.Seed });
        trainer.Module.eval();
        return new TrainedEncoder(trainer, job);
    }

    public Tensor Embed(Tensor images)
    {
        using (no_grad())
        {
            return trainer.Embed(images);
        }
    }

    public Tensor EmbedAll() => job.Predict(trainer.Embed);

    public void Dispose() => trainer.Dispose();
}
