using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Layers;
using Toolchain.Views;

namespace Toolchain.Train.Models.MoCo;

/// <summary>Rules of gradient steps.</summary>
enum MoCoOptimizer
{
    /// <summary>Stochastic gradient descent with momentum, as MoCo's authors.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,
}

/// <summary>Options of MoCo; the defaults are the recipe of docs/models/moco.md.</summary>
sealed record MoCoOptions : GradientOptions, IAugmented, IObjectViews
{
    /// <summary>Size of an embedding (D). The poster's best is 64.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>The convnet: auto takes the small one for grey images of up to 32 x 32 pixels, else the deep one.</summary>
    [OmittedAtDefault]
    public Network Network { get; init; }

    /// <summary>
    /// Size of the projection that the loss compares, made by a layer of twice its size; 0 compares the embeddings themselves.
    /// </summary>
    public int ProjectionSize { get; init; }

    /// <summary>Keys in the queue (Q), a multiple or a divisor of <see cref="GradientOptions.BatchSize"/>.</summary>
    public int QueueLength { get; init; } = 2048;

    /// <summary>Whether the other keys of the batch, newer than the queue's, are negatives too.</summary>
    public bool BatchNegatives { get; init; } = true;

    /// <summary>m of key = m * key + (1 - m) * query, in [0..1). The poster's best is .99.</summary>
    public double KeyMomentum { get; init; } = 0.99;

    /// <summary>Temperature T of the loss. Lower values spread a digit over several clusters.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Update rule.</summary>
    public MoCoOptimizer Optimizer { get; init; } = MoCoOptimizer.Sgd;

    /// <summary>Momentum of stochastic gradient descent.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>L2 penalty on all weights.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>
    /// Strength of the whitening after training, in [0..1]: each principal axis of the embeddings is divided by its standard deviation to
    /// this power (<see cref="Models.MoCo.Whitening.Fit"/>); 0 for none.
    /// </summary>
    public double Whitening { get; init; } = 0.5;

    /// <summary>Number format of the layers' products during training.</summary>
    public Precision Precision { get; init; } = Precision.Single;

    /// <summary>
    /// Kind of views: digits (affine and elastic maps, as augmentation says, in any colours where images have some) or objects (crops,
    /// flips, other colours, blur); auto takes objects for pictures in colour and for published datasets of things.
    /// </summary>
    [OmittedAtDefault]
    public ViewsPreset Views { get; init; }

    /// <summary>How the views of digits are drawn.</summary>
    public AugmentationOptions Augmentation { get; init; } = new()
    {
        Elastic = 0.8,
        StrokeProbability = 0.25,
        FlagProbability = 0.3,
        BlurProbability = 0.25,
    };

    /// <summary>Defaults of the shared options: 2,500 steps of 256 images, ten epochs of MNIST.</summary>
    public MoCoOptions() => (BatchSize, StepCount, LearningRate, Schedule, WarmupSteps) = (256, 2500, 0.1, LearningRateSchedule.Cosine, 50);

    /// <inheritdoc/>
    public override IEnumerable<string> RemarksOn(int imageCount) => QueueLength <= imageCount || BatchSize > imageCount ? []
        : [$"queueLength={QueueLength} is more than the {imageCount} images: most of an image's negatives are images that it was compared "
            + $"with before, or itself; set queueLength to at most {imageCount / BatchSize * BatchSize}"];

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Augmentation.Check();
        Require(EmbeddingSize >= 1, nameof(EmbeddingSize), "at least 1", EmbeddingSize);
        Require(ProjectionSize >= 0, nameof(ProjectionSize), "at least 0", ProjectionSize);
        Require(QueueLength > 0 && (QueueLength % BatchSize == 0 || BatchSize % QueueLength == 0), nameof(QueueLength),
            $"a positive multiple or a divisor of batchSize={BatchSize}", QueueLength);
        Require(KeyMomentum is >= 0 and < 1, nameof(KeyMomentum), "in [0..1)", KeyMomentum);
        Require(Momentum is >= 0 and < 1, nameof(Momentum), "in [0..1)", Momentum);
        Require(Whitening is >= 0 and <= 1, nameof(Whitening), "in [0..1]", Whitening);
        Require(Temperature is >= 0.001 and <= 100, nameof(Temperature), "in [0.001..100]", Temperature);
    }
}
