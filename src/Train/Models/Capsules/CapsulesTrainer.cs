using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Features;
using Toolchain.Train.Layers;
using Toolchain.Train.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// One step of the stacked capsule autoencoder: all its losses with the weights of the preset, which are the authors' in the official one.
/// </summary>
sealed class CapsulesTrainer : IGradientTrainer
{
    readonly CapsulesOptions options;
    readonly GradientJob job;
    readonly LabelledCapsules labelled;
    readonly CapsuleAutoencoder model;
    readonly CapsuleDecoder decoder; // draws with the model's templates, which the model disposes
    readonly OptimizerHelper optimizer;
    readonly ViewDrawer views;
    readonly FusedImageLikelihood? fused;

    /// <summary>A fresh model for <paramref name="job"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public CapsulesTrainer(CapsulesOptions options, GradientJob job)
    {
        options.Check();
        options = options.For(job.Shape);
        (this.options, this.job) = (options, job);
        manual_seed(job.Seed);
        labelled = new LabelledCapsules(options, job.Data);
        model = labelled.Autoencoder;
        decoder = new CapsuleDecoder(model.Templates, options.CanvasSide);
        labelled.to(job.Device);
        // TensorFlow's epsilon in the authors' configuration: it belongs to their batch size.
        optimizer = options.Optimizer == CapsulesOptimizer.RmsProp
            ? new TensorFlowRmsProp(model.parameters(), options.LearningRate, 1e-2 / ((double)options.BatchSize * options.BatchSize))
            : optim.Adam(model.parameters(), options.LearningRate);
        views = new ViewDrawer(options.Augmentation, job, viewCount: options.ContrastWeight > 0 ? 2 : 1);
        fused = job.Device.type == DeviceType.CPU && !job.Shape.IsRgb ? new FusedImageLikelihood(options, job.Threads) : null;
    }

    /// <inheritdoc/>
    public nn.Module Module => labelled;

    /// <inheritdoc/>
    public IReadOnlyList<OptimizerHelper> Optimizers => [optimizer];

    /// <inheritdoc/>
    public nn.Module Encoder => model;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs => ["embedding", "posterior", "part_presence", "pose", "feature", "vote", "identity"];

    /// <inheritdoc/>
    public ExportedDecoder Decoder
    {
        get
        {
            using (no_grad())
            {
                CapsuleOutput seen = model.call(job.Images([.. Enumerable.Range(0, Math.Min(2, job.Data.Count))]));
                return new ExportedDecoder("decoder", decoder,
                    [new("pose", seen.Pose), new("presence", seen.PartPresence), new("feature", seen.Feature)], ["image", "part"]);
            }
        }
    }

    /// <inheritdoc/>
    public ImageGrid Sheet()
    {
        using var scope = NewDisposeScope();
        return CapsuleSheet.Draw(model, decoder, job.Images([.. Enumerable.Range(0, Math.Min(CapsuleSheet.RowCount, job.Data.Count))]));
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor images) => model.call(images).Embedding;

    /// <inheritdoc/>
    public IReadOnlyList<Loss> Step(Batch batch)
    {
        if (options.RelabelsAt(batch.Step))
        {
            Relabel();
        }
        Tensor? group = batch.Step < options.SelfLabelStart ? null : labelled.Labels.Groups(batch.Samples);
        // [N,C,S,S], first views first
        Tensor canvas =
            cat([.. views.Draw(batch).Select((view, number) => CanvasPlacement.Shifted(view, batch, number, options, job.Seed))]);
        optimizer.zero_grad();
        IReadOnlyList<WeightedLoss> losses =
            Losses(canvas, CapsuleNoise.Draw(options, job.Seed, batch.Step, canvas.shape[0], job.Device), batch.Step, group);
        Tensor loss = losses.Select(part => part.Value * part.Weight).Aggregate((sum, next) => sum + next);
        loss.backward();
        optimizer.step();
        // The parts stand first: where the sum is no number, the first that is none is named.
        return [.. losses.Select(part => new Loss(part.Name, part.Value.ToSingle())), new Loss("loss", loss.ToSingle())];
    }

    /// <param name="Name">What logs call it.</param>
    /// <param name="Weight">Its factor in the sum.</param>
    /// <param name="Value">A scalar, unweighted.</param>
    public sealed record WeightedLoss(string Name, double Weight, Tensor Value);

    /// <summary>Each loss of canvases [N,C,S,S] with its weight in the sum, at a step.</summary>
    /// <param name="canvas">Pixels in [0,1]; where there are two views, the second ones are the second half.</param>
    /// <param name="noise">Added to the logits of presence; null for none.</param>
    /// <param name="step">The step, 0-based.</param>
    /// <param name="group">Which images count as one, [N/2]; null where each is its own.</param>
    public IReadOnlyList<WeightedLoss> Losses(Tensor canvas, CapsuleNoise? noise, int step, Tensor? group = null)
    {
        CapsuleActivations found = model.Activate(canvas, noise);
        ImageMixture mixture = model.Templates.Mixture(found.Parts);
        Tensor image = fused is not null ? fused.LogLikelihood(canvas, mixture) : mixture.LogLikelihood(canvas, options.PixelDeviation);
        Tensor parts = (found.Explained.LogLikelihood * found.Parts.Presence.detach()).sum(1).mean();
        Tensor deformation = found.Votes.Deformation.square().sum() / (2 * canvas.shape[0]);
        (Tensor prior, Tensor posterior) = (found.Votes.Presence, found.Posterior);
        WeightedLoss[] contrast = options.ContrastWeight > 0
            ? [new("contrast", options.ContrastWeight, Contrast(found.Presence, group, options.ContrastTemperatureAt(step)))] : [];
        return
        [
            .. contrast,
            new("image", 1, -image),
            new("parts", options.PartWeight, -parts),
            new("deformation", options.DeformationWeight, deformation),
            new("prior_within", options.PriorWithinWeight, SparsityLoss.PriorWithin(prior, options.ClassCount)),
            new("prior_between", options.PriorBetweenWeight, SparsityLoss.PriorBetween(prior, options.ClassCount)),
            new("posterior_within", options.PosteriorWithinWeight, SparsityLoss.PosteriorWithin(posterior)),
            new("posterior_between", options.PosteriorBetweenWeight, SparsityLoss.PosteriorBetween(posterior)),
        ];
    }

    void Relabel()
    {
        labelled.eval(); // the statistics of training, not those of the batch
        Tensor presence = job.Predict(Embed); // [N,O]
        labelled.train();
        labelled.Labels.Relabel(ClusterLabels.Of(presence, options.ClassCount, job).to(job.Device), options.ConfidentShare);
    }

    // Of presences [N,O], whose second half are other views of the first half's images; both ways, as each view may be the query.
    static Tensor Contrast(Tensor presence, Tensor? group, double temperature)
    {
        Tensor[] view = (presence / presence.norm(1, keepdim: true, 2)).chunk(2); // two of [N/2,O]
        group ??= arange(view[0].shape[0], device: presence.device);
        return (GroupContrastLoss.Compute(view[0], view[1], group, temperature)
            + GroupContrastLoss.Compute(view[1], view[0], group, temperature)) / 2;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        views.Dispose();
        optimizer.Dispose();
        labelled.Dispose();
    }
}
