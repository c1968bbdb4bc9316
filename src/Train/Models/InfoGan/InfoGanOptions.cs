using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Views;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>Options of InfoGAN; the defaults are the recipe of docs/models/infogan.md, the network the poster's.</summary>
sealed record InfoGanOptions : GradientOptions, IAugmented, IRestarted
{
    /// <summary>Values of the categorical code (K).</summary>
    public int ClusterCount { get; init; } = 10;

    /// <inheritdoc/>
    public override string? ClassesOption => nameof(ClusterCount);

    /// <summary>Number of continuous codes, uniform in [-1,1] (C).</summary>
    public int ContinuousCount { get; init; } = 2;

    /// <summary>Size of the noise, uniform in [-1,1] (Z). With the codes it makes the poster's 74.</summary>
    public int NoiseSize { get; init; } = 62;

    /// <summary>Channels of the layers of 14 x 14; those of 7 x 7 have twice as many.</summary>
    public int ChannelCount { get; init; } = 64;

    /// <summary>Size of the fully connected layers.</summary>
    public int HiddenSize { get; init; } = 1024;

    /// <summary>
    /// Learning rate of discriminator and recognition network as a fraction of the generator's, <c>learningRate</c>. The authors have .2;
    /// at .4 digits separate in half the steps.
    /// </summary>
    public double DiscriminatorRate { get; init; } = 0.4;

    /// <summary>Weight of the mutual information of the categorical code (lambda).</summary>
    public double CategoricalWeight { get; init; } = 1;

    /// <summary>Weight of the mutual information of the continuous codes, from step <see cref="ContinuousStart"/> on.</summary>
    public double ContinuousWeight { get; init; } = 1;

    /// <summary>
    /// Step from which the continuous codes count. Before it they would encode what separates digits: 3 and 5 would share one code
    /// (docs/models/infogan.md).
    /// </summary>
    public int ContinuousStart { get; init; } = 600;

    /// <summary>Discriminator target for real images: one-sided label smoothing.</summary>
    public double RealTarget { get; init; } = 0.9;

    /// <summary>
    /// Whether the categorical codes of two views of a real image should share mutual information; not part of the poster's objective.
    /// </summary>
    public bool Consistency { get; init; }

    /// <summary>Weight of the consistency loss.</summary>
    public double ConsistencyWeight { get; init; } = 1;

    /// <summary>Weight of the entropy of the codes in the consistency loss: 1 is mutual information itself.</summary>
    public double ConsistencyEvenness { get; init; } = 2;

    /// <summary>
    /// Share of the joint distribution of two views' codes that is kept from step to step, in [0..1): .9 averages over some 600 images
    /// instead of one batch.
    /// </summary>
    public double ConsistencyMemory { get; init; } = 0.9;

    /// <summary>
    /// Restarts; the one whose codes of two views share the most mutual information continues. One in three merges two digits for good
    /// (docs/models/infogan.md).
    /// </summary>
    [RecordedName("startCount")]
    public int Restarts { get; init; } = 4;

    /// <inheritdoc/>
    [RecordedName("startSteps")]
    public int RestartSteps { get; init; } = 600;

    /// <inheritdoc/>
    public string SelectionScore => "information";

    /// <summary>Number format of the large layers' products during training.</summary>
    public Precision Precision { get; init; } = Precision.Single;

    /// <summary>
    /// How views are drawn of real and of generated images alike: affine and elastic maps, through which a gradient flows.
    /// </summary>
    public AugmentationOptions Augmentation { get; init; } = new()
    {
        RotationDegrees = 15,
        Shear = 0.25,
        ScaleLow = 0.85,
        ScaleHigh = 1.2,
        Anisotropy = 0,
        Shift = 0.06,
        Elastic = 0.8,
        ThicknessProbability = 0,
    };

    /// <summary>Defaults of the shared options.</summary>
    public InfoGanOptions() => (BatchSize, StepCount, LearningRate, Schedule) = (60, 1200, 1e-3, LearningRateSchedule.Cosine);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Augmentation.Check();
        Require(ClusterCount >= 2, nameof(ClusterCount), "at least 2", ClusterCount);
        Require(ContinuousCount >= 1, nameof(ContinuousCount), "at least 1", ContinuousCount);
        Require(NoiseSize >= 1, nameof(NoiseSize), "at least 1", NoiseSize);
        Require(ChannelCount >= 1, nameof(ChannelCount), "at least 1", ChannelCount);
        Require(HiddenSize >= 8, nameof(HiddenSize), "at least 8", HiddenSize);
        Require(DiscriminatorRate > 0, nameof(DiscriminatorRate), "above 0", DiscriminatorRate);
        Require(CategoricalWeight >= 0, nameof(CategoricalWeight), "at least 0", CategoricalWeight);
        Require(ContinuousWeight >= 0, nameof(ContinuousWeight), "at least 0", ContinuousWeight);
        Require(ContinuousStart >= 0, nameof(ContinuousStart), "at least 0", ContinuousStart);
        Require(RealTarget is > 0.5 and <= 1, nameof(RealTarget), "in (0.5..1]", RealTarget);
        Require(ConsistencyWeight >= 0, nameof(ConsistencyWeight), "at least 0", ConsistencyWeight);
        Require(ConsistencyEvenness >= 1, nameof(ConsistencyEvenness), "at least 1", ConsistencyEvenness);
        Require(Restarts >= 1, nameof(Restarts), "at least 1", Restarts);
        Require(RestartSteps >= 1, nameof(RestartSteps), "at least 1", RestartSteps);
        Require(ConsistencyMemory is >= 0 and < 1, nameof(ConsistencyMemory), "in [0..1)", ConsistencyMemory);
        Require(BatchSize >= 2, nameof(BatchSize), "at least 2, for the statistics of the batch", BatchSize);
        // What is not an affine or elastic map has no gradient here, and would tell real images from generated ones.
        double others = Augmentation.ThicknessProbability + Augmentation.EraseProbability + Augmentation.BarProbability
            + Augmentation.StrokeProbability + Augmentation.OutlineProbability + Augmentation.SerifProbability
            + Augmentation.FlagProbability + Augmentation.BlurProbability;
        Require(others == 0, nameof(Augmentation), "of affine and elastic maps alone (every probability 0)", others);
    }
}
