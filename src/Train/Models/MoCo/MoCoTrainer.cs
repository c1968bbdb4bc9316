using Toolchain.Data.Seeds;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Losses;
using Toolchain.Views;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.MoCo;

/// <summary>One step of MoCo: two views of each image, one through each branch; the loss moves the query branch alone.</summary>
sealed partial class MoCoTrainer
{
    readonly MoCoOptions options;
    readonly GradientJob job;
    readonly MoCoModel model;
    readonly OptimizerHelper optimizer;
    readonly ViewDrawer views;

    /// <summary>A fresh model for <paramref name="job"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public MoCoTrainer(MoCoOptions options, GradientJob job)
    {
        options.Check();
        (this.options, this.job) = (options, job);
        manual_seed(job.Seed);
        model = new MoCoModel(options, job.Shape);
        model.to(job.Device);
        IEnumerable<Parameter> learned = model.Query.parameters();
        optimizer = options.Optimizer == MoCoOptimizer.AdamW
            ? optim.AdamW(learned, options.LearningRate, weight_decay: options.WeightDecay)
            : optim.SGD(learned, options.LearningRate, options.Momentum, weight_decay: options.WeightDecay);
        views = new ViewDrawer(options.Augmentation, job, viewCount: 2, options.Views.AreOfObjects(job.Data));
    }

    /// <inheritdoc/>
    public nn.Module Module => model;

    /// <inheritdoc/>
    public IReadOnlyList<OptimizerHelper> Optimizers => [optimizer];

    /// <inheritdoc/>
    public nn.Module Encoder => model.Query.Encoder;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs => ["embedding", "feature"];

    /// <inheritdoc/>
    public Tensor Embed(Tensor images) => model.Query.Encoder.call(images).Embedding;

    /// <inheritdoc/>
    public IReadOnlyList<Loss> Step(Batch batch)
    {
        if (batch.Step == 0)
        {
            FillQueue();
        }
        Tensor[] view = views.Draw(batch); // two of [N,C,H,W]
        return Learn(view[0], view[1], batch.Step);
    }

    /// <summary>One step on two views of the same images, each [N,C,H,W].</summary>
    public IReadOnlyList<Loss> Learn(Tensor first, Tensor second, int step)
    {
        model.FollowQuery(options.KeyMomentum);
        Tensor key = model.Keys(second); // [N,P]
        optimizer.zero_grad();
        Tensor query = model.Query.call(first); // [N,P]
        Tensor loss = InfoNceLoss.Compute(query, key, model.Queue, options.Temperature, options.BatchNegatives);
        loss.backward();
        optimizer.step();
        // The queue was filled by Q/N batches before this one.
        model.Enqueue(key, step);
        Finish(step + 1);
        return [new Loss("loss", loss.ToSingle()), .. ContrastiveProgress.Of(query.detach(), key)];
    }

    // The last step's embeddings are whitened.
    void Finish(int steps)
    {
        if (steps == options.StepCount && options.Whitening > 0)
        {
            model.Query.Encoder.Whiten(job.Predict, options.Whitening);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        views.Dispose();
        optimizer.Dispose();
        model.Dispose();
    }

    // Without keys of real images the first steps would learn to avoid the zero vector.
    void FillQueue()
    {
        int[] order = new RandomStream((ulong)job.Seed, "queue").NextPermutation(job.Data.Count);
        for (int number = 0; number < Math.Max(1, options.QueueLength / options.BatchSize); number++)
        {
            int[] samples = [.. Enumerable.Range(number * options.BatchSize, options.BatchSize).Select(i => order[i % order.Length])];
            model.Enqueue(model.Keys(views.Draw(new Batch(-1, -1, samples))[0]), number);
        }
    }
}
