using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>
/// One step of the autoencoder, by Adam: mean squared error of the reconstruction; where asked, two views' codes in contrast to other
/// images', and a last phase in which codes are drawn to clusters.
/// </summary>
sealed class AutoencoderTrainer : IGradientTrainer
{
    const int ShownCount = 10;

    // Of the contrast between codes of unit length, as MoCo's.
    const double Temperature = 0.2;

    readonly AutoencoderOptions options;
    readonly GradientJob job;
    readonly ViewDrawer views;
    readonly AutoencoderModel model;
    readonly Adam optimizer;

    /// <summary>A fresh model for <paramref name="job"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public AutoencoderTrainer(AutoencoderOptions options, GradientJob job)
    {
        options.Check();
        (this.options, this.job) = (options, job);
        manual_seed(job.Seed);
        model = new AutoencoderModel(options, job.Shape, job.Data.Count);
        model.to(job.Device);
        optimizer = optim.Adam(model.parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        views = new ViewDrawer(options.Augmentation, job, viewCount: options.ContrastWeight > 0 || options.ClusterSteps > 0 ? 2 : 1);
    }

    /// <inheritdoc/>
    public nn.Module Module => model;

    /// <inheritdoc/>
    public IReadOnlyList<OptimizerHelper> Optimizers => [optimizer];

    /// <inheritdoc/>
    public nn.Module Encoder => model.Clusters ?? (nn.Module)model.Encoder;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs => model.Clusters is null ? ["embedding"] : ["embedding", "probability", "cluster"];

    /// <inheritdoc/>
    public ExportedDecoder Decoder
    {
        get
        {
            using IDisposable ungraded = no_grad();
            return new("decoder", model.Decoder, [new DecoderInput("embedding", model.Encoder.call(Shown()))], ["image"]);
        }
    }

    /// <summary>The first images, below each what is left of it; then the decoded centres of clusters, where there are any.</summary>
    public ImageGrid Sheet()
    {
        using IDisposable scope = NewDisposeScope(), ungraded = no_grad();
        Tensor images = Shown(); // [10,C,H,W]
        List<Tensor> rows = [images, model.call(images)];
        if (model.Clusters is CodeClusters clusters)
        {
            rows.Add(model.Decoder.call(clusters.Centres)); // [K,C,H,W]
        }
        byte[] pixels = [.. cat(rows).mul(255).round().to_type(ScalarType.Byte).cpu().data<byte>()];
        return new ImageGrid(pixels, ShownCount);
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor images) => model.Encoder.call(images);

    /// <inheritdoc/>
    public IReadOnlyList<Loss> Step(Batch batch)
    {
        Tensor images = job.Images(batch.Samples); // [N,C,H,W]
        return model.Clusters is CodeClusters clusters && batch.Step >= options.ClusterStart ? StepClusters(batch, images, clusters)
            : options.ContrastWeight > 0 ? StepContrast(batch, images)
            : StepImages(batch, images);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        views.Dispose();
        optimizer.Dispose();
        model.Dispose();
    }

    Loss[] StepImages(Batch batch, Tensor images)
    {
        Tensor input = options.Denoise ? views.Draw(batch)[0] : images;
        return Learn(nn.functional.mse_loss(model.call(input), images));
    }

    Loss[] StepContrast(Batch batch, Tensor images)
    {
        (Tensor[] codes, Tensor reconstruction) = Code(batch, images);
        Tensor[] unit = [.. codes.Select(code => nn.functional.normalize(code, dim: 1))];
        Tensor image = arange(images.shape[0], device: job.Device);
        Tensor contrast = (GroupContrastLoss.Compute(unit[0], unit[1], image, Temperature)
            + GroupContrastLoss.Compute(unit[1], unit[0], image, Temperature)) / 2;
        return [.. Learn(reconstruction + options.ContrastWeight * contrast), new Loss("reconstruction", reconstruction.ToSingle()),
            new Loss("contrast", contrast.ToSingle())];
    }

    Loss[] StepClusters(Batch batch, Tensor images, CodeClusters clusters)
    {
        Aim(batch.Step - options.ClusterStart, clusters);
        (Tensor[] codes, Tensor reconstruction) = Code(batch, images);
        Tensor target = model.Target![tensor([.. batch.Samples.Select(sample => (long)sample)], device: job.Device)]; // [N,K]
        Tensor[] logits = [.. codes.Select(clusters.Logits)]; // two of [N,K]
        Tensor labels = (RobustCrossEntropy.Compute(logits[0], target, 0) + RobustCrossEntropy.Compute(logits[1], target, 0)).mean() / 2;
        Tensor information = MutualInformationLoss.Compute(logits[0].softmax(1), logits[1].softmax(1));
        Tensor loss = reconstruction + options.ClusterWeight * labels + options.MutualInformation * information;
        Tensor agreement = logits[0].argmax(1).eq(logits[1].argmax(1)).to(ScalarType.Float32).mean();
        return [.. Learn(loss), new Loss("reconstruction", reconstruction.ToSingle()), new Loss("labels", labels.ToSingle()),
            new Loss("information", information.ToSingle()), new Loss("agreement", agreement.ToSingle())];
    }

    // At its first step the phase takes clusters of the codes; there and after each epoch it sets the target distribution anew,
    // from the images themselves.
    void Aim(int step, CodeClusters clusters)
    {
        if (step % (job.Data.Count / options.BatchSize) != 0)
        {
            return;
        }
        model.eval();
        if (step == 0)
        {
            ClusterStart.Apply(clusters, Embed, options, job);
        }
        using Tensor probability = job.Predict(images => clusters.call(images).Probability); // [N,K]
        using (no_grad())
        {
            model.Target!.copy_(TargetDistribution.Of(probability));
        }
        model.train();
    }

    // Codes of two views [N,D], and how far the images that the first ones decode to are off.
    (Tensor[] Codes, Tensor Reconstruction) Code(Batch batch, Tensor images)
    {
        Tensor[] codes = model.Encoder.call(cat(views.Draw(batch))).chunk(2); // two of [N,D]
        return (codes, nn.functional.mse_loss(model.Decoder.call(codes[0]), images));
    }

    Loss[] Learn(Tensor loss)
    {
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        return [new Loss("loss", loss.ToSingle())];
    }

    // Fewer images than that come again.
    Tensor Shown() => job.Images([.. Enumerable.Range(0, ShownCount).Select(i => i % job.Data.Count)]);
}
