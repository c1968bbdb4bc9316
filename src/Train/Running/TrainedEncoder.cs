using Toolchain.Clustering;
using Toolchain.Train.Methods;
using Toolchain.Train.Models;
using static TorchSharp.torch;

namespace Toolchain.Train.Running;

/// <summary>The encoder of an earlier run, as its checkpoint has it, for methods that start from another's embeddings.</summary>
sealed class TrainedEncoder : IDisposable
{
    const int batchSize = 500;

    readonly IGradientTrainer trainer;
    readonly GradientJob job;

    TrainedEncoder(IGradientTrainer trainer, GradientJob job) => (this.trainer, this.job) = (trainer, job);

    /// <summary>Opens the run in <paramref name="folder"/>.</summary>
    /// <exception cref="InvalidDataException">There is no run, or no checkpoint in it.</exception>
    /// <exception cref="ArgumentException">Its method has no encoder that is trained by gradient.</exception>
    public static TrainedEncoder Open(string folder, GradientJob job)
    {
        RunFolder run = RunFolder.Open(folder);
        (Method method, _, int seed, MethodOptions options) = TrainingRun.ReadConfig(run);
        IGradientTrainer trainer = method.Restore(run, options, job with { Seed = seed });
        trainer.Module.eval();
        return new TrainedEncoder(trainer, job);
    }

    /// <summary>Embeddings of images [N,1,28,28], [N,D], without gradient.</summary>
    public Tensor Embed(Tensor images)
    {
        using (no_grad())
        {
            return trainer.Embed(images);
        }
    }

    /// <summary>Embeddings of all training images, in order.</summary>
    public Rows EmbedAll()
    {
        float[] values = [];
        int width = 0;
        for (int start = 0; start < job.Digits.Count; start += batchSize)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(batchSize, job.Digits.Count - start);
            Tensor rows = Embed(job.Images([.. Enumerable.Range(start, count)])).cpu(); // [count,D]
            width = (int)rows.shape[1];
            values = values.Length > 0 ? values : new float[job.Digits.Count * width];
            rows.data<float>().ToArray().CopyTo(values, start * width);
        }
        return new Rows(values, width);
    }

    public void Dispose() => trainer.Dispose();
}
