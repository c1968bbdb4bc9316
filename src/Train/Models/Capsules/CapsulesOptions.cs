using Toolchain.Data;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Views;

namespace Toolchain.Train.Models.Capsules;

/// <summary>Names of the recipes.</summary>
enum CapsulesPreset
{
    /// <summary>For two processor cores and about an hour.</summary>
    Fast,

    /// <summary>That of the authors' code for MNIST, for an accelerator.</summary>
    Official,
}

/// <summary>Rules of gradient steps.</summary>
enum CapsulesOptimizer
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>RMSProp as TensorFlow 1 defines it, which the authors used.</summary>
    RmsProp,
}

/// <summary>
/// Options of the stacked capsule autoencoder; the defaults are those of <see cref="Fast"/>. <c>--set preset=official</c> takes
/// <see cref="Official"/> instead, whatever else is set.
/// </summary>
sealed partial record CapsulesOptions : GradientOptions, IAugmented
{
    /// <summary>The recipe that gives all other options their defaults.</summary>
    public CapsulesPreset Preset { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, MethodOptions> Presets => presets;

    /// <summary>Part capsules (P), each with a template.</summary>
    public int PartCount { get; init; } = 24;

    /// <summary>Object capsules (O); their presences are the embedding.</summary>
    public int ObjectCount { get; init; } = 32;

    /// <summary>Side of the canvas (S) on which images of 28 x 28 are placed and drawn, pixels; of other images in proportion
    /// (<see cref="For"/>).</summary>
    public int CanvasSide { get; init; } = 28;

    /// <summary>Largest shift of an image of 28 x 28 from the centre of the canvas along each axis during training, whole pixels.</summary>
    public int Shift { get; init; }

    /// <summary>Convolutions of the part encoder; the first two have stride 2.</summary>
    public int ConvolutionCount { get; init; } = 3;

    /// <summary>Channels of the first convolution.</summary>
    public int FirstChannelCount { get; init; } = 32;

    /// <summary>Channels of the other convolutions (C).</summary>
    public int ChannelCount { get; init; } = 64;

    /// <summary>Side of a template (T) for images of 28 x 28, pixels.</summary>
    public int TemplateSide { get; init; } = 11;

    /// <summary>Size of a part's feature (F).</summary>
    public int FeatureSize { get; init; } = 16;

    /// <summary>Size of a part's token in the set transformer.</summary>
    public int TokenSize { get; init; } = 16;

    /// <summary>Size of an object's code, the output of the set transformer (D).</summary>
    public int CodeSize { get; init; } = 64;

    /// <summary>Hidden size of the networks of each object capsule (H).</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Size of an object capsule (Z).</summary>
    public int CapsuleSize { get; init; } = 32;

    /// <summary>Standard deviation of a pixel around its component's value; below .1 single precision does not suffice.</summary>
    public double PixelDeviation { get; init; } = 0.4;

    /// <summary>Width of the uniform noise on presence logits during training.</summary>
    public double PresenceNoise { get; init; } = 4;

    /// <summary>Whether objects are found from part presences with that noise, as in the authors' code.</summary>
    public bool NoisyTokens { get; init; }

    /// <summary>Weight of the likelihood of part poses.</summary>
    public double PartWeight { get; init; } = 1;

    /// <summary>Weight of the squared input-dependent object-part poses.</summary>
    public double DeformationWeight { get; init; } = 10;

    /// <summary>Weight of prior sparsity within an example.</summary>
    public double PriorWithinWeight { get; init; } = 0.5;

    /// <summary>Weight of prior sparsity between the examples of a batch.</summary>
    public double PriorBetweenWeight { get; init; } = 0.35;

    /// <summary>Weight of posterior sparsity within an example.</summary>
    public double PosteriorWithinWeight { get; init; } = 0.2;

    /// <summary>Weight of posterior sparsity between the examples of a batch.</summary>
    public double PosteriorBetweenWeight { get; init; } = 0.2;

    /// <summary>
    /// Whether the logits of the object presences are batch-normalized, which the authors do not do. Without it, presences hardly differ
    /// between images for the first thousands of steps (docs/models/capsules.md).
    /// </summary>
    public bool NormalisePresence { get; init; } = true;

    /// <summary>
    /// Weight of the contrastive loss (van den Oord et al. 2018) on the object presences of two views of an image, which the authors do not
    /// have; 0 for one view of each image and no such loss.
    /// </summary>
    public double ContrastWeight { get; init; } = 50;

    /// <summary>Temperature of the contrastive loss at the first step. A low one weighs the most similar negatives most.</summary>
    public double ContrastTemperature { get; init; } = 0.1;

    /// <summary>
    /// Temperature of the contrastive loss after the last step. A higher one weighs all negatives nearly equally, so that similar images
    /// come together.
    /// </summary>
    public double LastContrastTemperature { get; init; } = 0.2;

    /// <summary>
    /// Last share of the steps, in which images of one spectral cluster of the presences count as views of one image; 0 for none. The
    /// authors do not have it (Van Gansbeke et al. 2020, "SCAN", section 2.3, has it for classifiers).
    /// </summary>
    public double SelfLabelShare { get; init; } = 0.4;

    /// <summary>How often the clusters are computed in that share of the steps, at equal distances.</summary>
    public int SelfLabelRounds { get; init; } = 4;

    /// <summary>Share of each cluster, its most confident images, that self-labelling uses.</summary>
    public double ConfidentShare { get; init; } = 0.9;

    /// <summary>Classes that prior sparsity assumes: an example should have O / classes objects.</summary>
    public int ClassCount { get; init; } = 10;

    /// <inheritdoc/>
    public override string? ClassesOption => nameof(ClassCount);

    /// <summary>Update rule.</summary>
    public CapsulesOptimizer Optimizer { get; init; }

    /// <summary>How images are changed before they are placed.</summary>
    public AugmentationOptions Augmentation { get; init; } = views;

    /// <summary>Defaults of the shared options.</summary>
    public CapsulesOptions() =>
        (BatchSize, StepCount, LearningRate, Schedule, WarmupSteps) = (64, 20_000, 1e-3, LearningRateSchedule.Cosine, 100);

    /// <summary>Temperature of the contrastive loss at a step, 0-based: by equal factors from the first to the last.</summary>
    public double ContrastTemperatureAt(int step) =>
        ContrastTemperature * Math.Pow(LastContrastTemperature / ContrastTemperature, (double)step / StepCount);

    /// <summary>The first step in which images of one cluster count as one, 0-based.</summary>
    public int SelfLabelStart => StepCount - (int)(SelfLabelShare * StepCount);

    /// <summary>Whether the clusters are found anew before a step, 0-based.</summary>
    public bool RelabelsAt(int step)
    {
        int round = Math.Max(1, (StepCount - SelfLabelStart) / SelfLabelRounds), since = step - SelfLabelStart;
        return since >= 0 && since % round == 0 && since / round < SelfLabelRounds;
    }

    /// <summary>The same options for images of a shape: canvas, shift and templates in proportion to the longer side.</summary>
    /// <exception cref="ArgumentException">The canvas is too small for the convolutions.</exception>
    public CapsulesOptions For(ImageShape shape)
    {
        int side = Math.Max(shape.Height, shape.Width), margin = Scaled((CanvasSide - 28) / 2);
        CapsulesOptions scaled = this with
        {
            CanvasSide = side + 2 * margin,
            Shift = Scaled(Shift),
            TemplateSide = Math.Max(2, Scaled(TemplateSide)),
        };
        int least = Math.Max(LeastCanvas(ConvolutionCount), (int)Math.Ceiling(Math.Sqrt(PartCount)) * 28 / TemplateSide);
        return scaled.CanvasSide >= least && scaled.TemplateSide * scaled.TemplateSide >= PartCount ? scaled
            : throw new ArgumentException($"capsules: expected images of at least {least} pixels a side for {ConvolutionCount} "
                + $"convolutions and {PartCount} parts, found {shape}; say --size 28.");

        int Scaled(int length) => (int)Math.Round(length * (side / 28.0));
    }

    // Of the smallest map one pixel is left: (side - 3) / stride + 1 at each convolution, the first two of stride 2.
    static int LeastCanvas(int convolutions) => 4 * (2 * (convolutions - 2) + 1) + 3;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Augmentation.Check();
        Require(PartCount >= 1 && PartCount <= TemplateSide * TemplateSide, nameof(PartCount),
            $"in [1..{TemplateSide * TemplateSide}], the pixels of a template", PartCount);
        Require(ObjectCount >= 1, nameof(ObjectCount), "at least 1", ObjectCount);
        Require(CanvasSide is >= 28 and <= 64 && CanvasSide % 2 == 0, nameof(CanvasSide),
            "an even number in [28..64]", CanvasSide);
        Require(Shift >= 0 && Shift <= (CanvasSide - 28) / 2, nameof(Shift),
            $"in [0..{(CanvasSide - 28) / 2}], the margin of the canvas", Shift);
        Require(ConvolutionCount is >= 2 and <= 4, nameof(ConvolutionCount), "in [2..4]", ConvolutionCount);
        Require(FirstChannelCount >= 1, nameof(FirstChannelCount), "at least 1", FirstChannelCount);
        Require(ChannelCount >= 1, nameof(ChannelCount), "at least 1", ChannelCount);
        Require(TemplateSide is >= 2 and <= 28, nameof(TemplateSide), "in [2..28]", TemplateSide);
        Require(FeatureSize >= 1, nameof(FeatureSize), "at least 1", FeatureSize);
        Require(TokenSize >= 1, nameof(TokenSize), "at least 1", TokenSize);
        Require(CodeSize >= 1, nameof(CodeSize), "at least 1", CodeSize);
        Require(HiddenSize >= 1, nameof(HiddenSize), "at least 1", HiddenSize);
        Require(CapsuleSize >= 1, nameof(CapsuleSize), "at least 1", CapsuleSize);
        Require(PixelDeviation is >= 0.1 and <= 10, nameof(PixelDeviation), "in [0.1..10]", PixelDeviation);
        Require(PresenceNoise >= 0, nameof(PresenceNoise), "at least 0", PresenceNoise);
        Require(ContrastWeight >= 0, nameof(ContrastWeight), "at least 0", ContrastWeight);
        Require(ContrastTemperature is >= 0.001 and <= 100, nameof(ContrastTemperature), "in [0.001..100]", ContrastTemperature);
        Require(LastContrastTemperature is >= 0.001 and <= 100, nameof(LastContrastTemperature), "in [0.001..100]",
            LastContrastTemperature);
        Require(SelfLabelShare is >= 0 and < 1, nameof(SelfLabelShare), "in [0..1)", SelfLabelShare);
        Require(SelfLabelShare == 0 || ContrastWeight > 0, nameof(SelfLabelShare), "0 where contrastWeight is 0", SelfLabelShare);
        Require(SelfLabelRounds >= 1, nameof(SelfLabelRounds), "at least 1", SelfLabelRounds);
        Require(ConfidentShare is > 0 and <= 1, nameof(ConfidentShare), "in (0..1]", ConfidentShare);
        Require(ClassCount >= 1, nameof(ClassCount), "at least 1", ClassCount);
    }
}
