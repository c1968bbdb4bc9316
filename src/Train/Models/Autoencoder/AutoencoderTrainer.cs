using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>One step of the autoencoder: mean squared error of the reconstruction, by Adam.</summary>
sealed class AutoencoderTrainer : IGradientTrainer
{
    const int ShownCount = 10;

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
        model = new AutoencoderModel(options, job.Shape);
        model.to(job.Device);
        optimizer = optim.Adam(model.parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        views = new ViewDrawer(options.Augmentation, job, viewCount: 1);
    }

    /// <inheritdoc/>
    public nn.Module Module => model;

    /// <inheritdoc/>
    public IReadOnlyList<OptimizerHelper> Optimizers => [optimizer];

    /// <inheritdoc/>
    public nn.Module Encoder => model.Encoder;

    /// <inheritdoc/>
    public ExportedDecoder Decoder
    {
        get
        {
            using IDisposable ungraded = no_grad();
            return new("decoder", model.Decoder, [new DecoderInput("embedding", model.Encoder.call(Shown()))], ["image"]);
        }
    }

    /// <summary>The first images, and below each what is left of it.</summary>
    public ImageGrid Sheet()
    {
        using IDisposable scope = NewDisposeScope(), ungraded = no_grad();
        Tensor images = Shown(); // [10,C,H,W]
        byte[] pixels = [.. cat([images, model.call(images)]).mul(255).round().to_type(ScalarType.Byte).cpu().data<byte>()];
        return new ImageGrid(pixels, ShownCount);
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor images) => model.Encoder.call(images);

    /// <inheritdoc/>
    public IReadOnlyList<Loss> Step(Batch batch)
    {
        Tensor images = job.Images(batch.Samples); // [N,C,H,W]
        Tensor input = options.Denoise ? views.Draw(batch)[0] : images;
        optimizer.zero_grad();
        Tensor loss = nn.functional.mse_loss(model.call(input), images);
        loss.backward();
        optimizer.step();
        return [new Loss("loss", loss.ToSingle())];
    }

    // Fewer images than that come again.
    Tensor Shown() => job.Images([.. Enumerable.Range(0, ShownCount).Select(i => i % job.Data.Count)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        views.Dispose();
        optimizer.Dispose();
        model.Dispose();
    }
}
