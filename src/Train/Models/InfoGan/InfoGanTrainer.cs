using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Layers;
using Toolchain.Train.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>
/// One step of InfoGAN: discriminator and recognition network learn on two views of each real image and on a view of each generated
/// one, then the generator learns against the updated networks. Gradients are taken only for the weights of the optimizer that steps.
/// </summary>
sealed class InfoGanTrainer : IGradientTrainer
{
    const double Decay1 = 0.5; // beta 1 of Adam, as Radford et al. 2016

    // Any fixed number: the same examples in every sheet and export.
    const int SheetSeed = 20;
    const int SheetColumns = 10;

    readonly InfoGanOptions options;
    readonly GradientJob job;
    readonly InfoGanModel model;
    readonly FusedAdam discriminatorOptimizer, generatorOptimizer;
    readonly ViewDrawer views;
    readonly WarpField warps;

    /// <summary>Fresh networks for <paramref name="job"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public InfoGanTrainer(InfoGanOptions options, GradientJob job)
    {
        options.Check();
        (this.options, this.job) = (options, job);
        manual_seed(job.Seed);
        model = new InfoGanModel(options, job.Shape);
        model.to(job.Device);
        discriminatorOptimizer = new FusedAdam(model.DiscriminatorParameters, options.LearningRate * options.DiscriminatorRate, Decay1,
            job.Threads);
        generatorOptimizer = new FusedAdam(model.Generator.parameters(), options.LearningRate, Decay1, job.Threads);
        views = new ViewDrawer(options.Augmentation, job, viewCount: 2);
        warps = new WarpField(options.Augmentation, job.Shape, (ulong)job.Seed);
    }

    /// <inheritdoc/>
    public nn.Module Module => model;

    /// <inheritdoc/>
    public IReadOnlyList<OptimizerHelper> Optimizers => [discriminatorOptimizer, generatorOptimizer];

    /// <inheritdoc/>
    public nn.Module Encoder => model.Recogniser;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs => ["embedding", "probability", "cluster", "continuous"];

    /// <inheritdoc/>
    public ExportedDecoder Decoder
    {
        get
        {
            Latent latent = Latent.Draw(options, SheetSeed, 0, options.ClusterCount, CPU);
            return new ExportedDecoder("generator", model.Generator,
                [new("z", latent.Noise), new("code", latent.OneHot), new("continuous", latent.Continuous)], ["image"]);
        }
    }

    /// <inheritdoc/>
    public string? Warning { get; private set; }

    /// <inheritdoc/>
    public Tensor Embed(Tensor images) => model.Recogniser.call(images).Embedding;

    /// <inheritdoc/>
    public IReadOnlyList<Loss> Step(Batch batch)
    {
        Tensor real = cat(views.Draw(batch)); // [2N,C,H,W]
        int count = batch.Samples.Length;
        IReadOnlyList<Loss> losses = Learn(real, Latent.Draw(options, job.Seed, batch.Step, count, job.Device),
            warps.Draw(batch.Step, count, job.Device), batch.Step);
        Warning = CollapseWatch.Warning(model.Trend, options.ClusterCount, batch.Step);
        return losses;
    }

    /// <summary>One step on given images and latents.</summary>
    /// <param name="real">First views, then second views of the same images, [2N,C,H,W].</param>
    /// <param name="latent">Of the generated images.</param>
    /// <param name="places">Through which these are seen, [N,H,W,2].</param>
    /// <param name="step">Number of the step.</param>
    public IReadOnlyList<Loss> Learn(Tensor real, Latent latent, Tensor places, int step)
    {
        Tensor generated = WarpField.Apply(model.Generator.call(latent.Noise, latent.OneHot, latent.Continuous), places); // [N,C,H,W]
        DiscriminatorOutput ofReal = model.Discriminate(real, isReal: true),
            ofGenerated = model.Discriminate(generated.detach(), isReal: false);
        Tensor discriminator = AdversarialLoss.Discriminator(ofReal.Real, ofGenerated.Real, options.RealTarget);
        (Tensor information, Tensor categorical, Tensor continuous) = Information(ofGenerated, latent, step);
        Tensor loss = discriminator + information;
        Tensor[] probability = ofReal.Code.softmax(1).chunk(2); // two of [N,K]
        Tensor consistency = MutualInformationLoss.Compute(probability[0], probability[1], model.Joint, options.ConsistencyMemory,
            options.ConsistencyEvenness);
        if (options.Consistency)
        {
            loss += options.ConsistencyWeight * consistency;
        }
        discriminatorOptimizer.Step(autograd.grad([loss], discriminatorOptimizer.Learned));

        // Against the updated discriminator.
        DiscriminatorOutput moved = model.Discriminate(generated, isReal: false);
        Tensor generator = AdversarialLoss.Generator(moved.Real);
        generatorOptimizer.Step(autograd.grad([generator + Information(moved, latent, step).All], generatorOptimizer.Learned));

        return
        [
            new Loss("loss", loss.ToSingle()), new Loss("discriminator", discriminator.ToSingle()),
            new Loss("generator", generator.ToSingle()),
            new Loss("bound", (float)Math.Log(options.ClusterCount) - categorical.ToSingle()),
            new Loss("continuous", continuous.ToSingle()),
            new Loss("information", -MutualInformationLoss.OfJoint(model.Joint).ToSingle()),
            .. Measure(ofReal, ofGenerated),
        ];
    }

    /// <inheritdoc/>
    public ImageGrid Sheet()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        model.eval();
        // One row for each code: column by column the latents of a batch that holds each code once.
        Tensor[] columns =
            [.. Enumerable.Range(0, SheetColumns)
            .Select(column => Latent.Draw(options, SheetSeed, column, options.ClusterCount, job.Device))
            .Select(latent => model.Generator.call(latent.Noise, latent.OneHot, latent.Continuous))];
        Tensor images = stack(columns, 1).flatten(0, 1); // [K*10,C,H,W]
        model.train();
        return new ImageGrid((images * 255).round().to(uint8).cpu().data<byte>().ToArray(), SheetColumns);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        views.Dispose();
        discriminatorOptimizer.Dispose();
        generatorOptimizer.Dispose();
        model.Dispose();
    }

    /// <param name="All">Minus the weighted bound.</param>
    /// <param name="Categorical">Its part of the categorical code, unweighted.</param>
    /// <param name="Continuous">Its part of the continuous codes, unweighted.</param>
    sealed record InformationLoss(Tensor All, Tensor Categorical, Tensor Continuous);

    InformationLoss Information(DiscriminatorOutput found, Latent latent, int step)
    {
        Tensor categorical = InformationBound.Categorical(found.Code, latent.Code),
            continuous = InformationBound.Continuous(found.Continuous, latent.Continuous);
        double weight = step < options.ContinuousStart ? 0 : options.ContinuousWeight;
        return new(options.CategoricalWeight * categorical + weight * continuous, categorical, continuous);
    }

    // Figures of the training that need no label.
    Loss[] Measure(DiscriminatorOutput ofReal, DiscriminatorOutput ofGenerated)
    {
        using var frozen = no_grad();
        Tensor probability = ofReal.Code.softmax(1), mean = probability.mean([0]); // [2N,K], [K]
        Tensor entropy = -(mean * mean.clamp_min(1e-8).log()).sum();
        Tensor accuracy = (Share(ofReal.Real.gt(0)) + Share(ofGenerated.Real.le(0))) / 2;
        Tensor[] cluster = probability.argmax(1).chunk(2); // two of [N]
        CollapseWatch.Follow(model.Trend, entropy, accuracy);
        return
        [
            new Loss("entropy", entropy.ToSingle()), new Loss("accuracy", accuracy.ToSingle()),
            new Loss("confidence", probability.amax([1]).mean().ToSingle()),
            new Loss("agreement", Share(cluster[0].eq(cluster[1])).ToSingle()),
        ];
    }

    static Tensor Share(Tensor isTrue) => isTrue.to(float32).mean();
}
