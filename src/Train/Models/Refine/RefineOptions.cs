using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Train.Layers;
using Toolchain.Views;

namespace Toolchain.Train.Models.Refine;

/// <summary>Options of the refinement; the defaults are the recipe of docs/models/refine.md.</summary>
sealed record RefineOptions : GradientOptions, IAugmented, IObjectViews
{
    /// <summary>
    /// Folder of the run whose encoder gives the first clusters: any method trained by gradient. Of several, separated by commas, the
    /// images that all name alike are trained on first.
    /// </summary>
    public string From { get; init; } = "";

    /// <summary>The convnet: auto takes the small one for grey images of up to 32 x 32 pixels, else the deep one.</summary>
    [OmittedAtDefault]
    public Network Network { get; init; }

    /// <summary>Number of clusters (K).</summary>
    public int ClusterCount { get; init; } = 10;

    /// <inheritdoc/>
    public override string? ClassesOption => nameof(ClusterCount);

    /// <summary>
    /// First steps, in which linear cluster heads on the given encoder learn the first labels by mutual information between views; 0 takes
    /// the spectral clusters of its embeddings.
    /// </summary>
    public int HeadSteps { get; init; }

    /// <summary>Cluster heads trained side by side; the one with the most mutual information is taken.</summary>
    public int HeadCount { get; init; } = 5;

    /// <summary>
    /// Whether labels are the clusters of balanced k-means instead of spectral ones: for classes of about the same size, each of several
    /// styles.
    /// </summary>
    [OmittedAtDefault]
    public bool Balanced { get; init; }

    /// <summary>Rounds; each after the first is trained on the spectral clusters of the network's own embeddings.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>
    /// Whether the last layer is fitted again, after the last step, to the clusters of the network's own embeddings, as a next round would
    /// take them for labels.
    /// </summary>
    [OmittedAtDefault]
    public bool FinalClusters { get; init; } = true;

    /// <summary>Share of each cluster, its most confident images, that is trained on.</summary>
    public double ConfidentShare { get; init; } = 0.8;

    /// <summary>
    /// Exponent (q) of the generalised cross-entropy (Zhang and Sabuncu 2018, equation 6) after the first quarter of a round: it learns
    /// less from labels that the network finds unlikely. 0 is the cross-entropy.
    /// </summary>
    [OmittedAtDefault]
    public double Robustness { get; init; }

    /// <summary>
    /// Whether the runs of 'from' teach together, view by view: clusters are those of their embeddings side by side, and the label of a
    /// view is what the given encoders say of that very view (function matching: Beyer et al. 2022, section 2.1).
    /// </summary>
    [OmittedAtDefault]
    public bool Distillation { get; init; }

    /// <summary>
    /// Share of the earlier passes in the mean of an image's predictions (Laine and Aila 2017, section 2.2); where that mean is surer of
    /// one cluster than 0.9, it is the image's label. 0 keeps the labels of the round.
    /// </summary>
    [OmittedAtDefault]
    public double Ensembling { get; init; }

    /// <summary>Weight of the mutual information between two views of every image, beside the cross-entropy.</summary>
    public double MutualInformation { get; init; }

    /// <summary>Decoupled weight decay of AdamW.</summary>
    public double WeightDecay { get; init; } = 1e-3;

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

    /// <summary>Defaults of the shared options.</summary>
    public RefineOptions() =>
        (BatchSize, StepCount, LearningRate, Schedule, WarmupSteps) = (256, 2000, 2e-3, LearningRateSchedule.Cosine, 50);

    /// <inheritdoc/>
    public override IReadOnlyList<string> SourceRuns =>
        From.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Steps of a round; the last one takes what is left.</summary>
    public int RoundSteps => (StepCount - HeadSteps) / Rounds;

    /// <summary>The schedule begins anew with every round.</summary>
    public override double LearningRateAt(int step)
    {
        bool isHead = step < HeadSteps;
        int begin = isHead ? 0 : HeadSteps + Math.Min((step - HeadSteps) / RoundSteps, Rounds - 1) * RoundSteps;
        return (this with { HeadSteps = 0, Rounds = 1, StepCount = isHead ? HeadSteps : RoundSteps }).WithinRound(step - begin);
    }

    double WithinRound(int step) => base.LearningRateAt(Math.Min(step, StepCount - 1));

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Augmentation.Check();
        if (SourceRuns.Count == 0)
        {
            throw new ArgumentException("'from' must be the folder of a trained run, was empty; say --set from=runs/moco/run-001.");
        }
        Require(ClusterCount >= 2, nameof(ClusterCount), "at least 2", ClusterCount);
        Require(HeadSteps >= 0 && HeadSteps < StepCount, nameof(HeadSteps), $"in [0..stepCount={StepCount})", HeadSteps);
        Require(HeadCount >= 1, nameof(HeadCount), "at least 1", HeadCount);
        Require(Rounds >= 1 && Rounds <= StepCount - HeadSteps, nameof(Rounds), $"in [1..stepCount-headSteps={StepCount - HeadSteps}]",
            Rounds);
        Require(ConfidentShare is > 0 and <= 1, nameof(ConfidentShare), "in (0..1]", ConfidentShare);
        Require(!Distillation || Rounds == 1, nameof(Rounds), "1 with distillation", Rounds);
        Require(!Distillation || HeadSteps == 0, nameof(HeadSteps), "0 with distillation", HeadSteps);
        Require(!Distillation || Ensembling == 0, nameof(Ensembling), "0 with distillation", Ensembling);
        Require(SourceRuns.Count == 1 || HeadSteps == 0, nameof(HeadSteps), $"0 with {SourceRuns.Count} runs in 'from'", HeadSteps);
        Require(Robustness is >= 0 and <= 1, nameof(Robustness), "in [0..1]", Robustness);
        Require(Ensembling is >= 0 and < 1, nameof(Ensembling), "in [0..1)", Ensembling);
        Require(MutualInformation >= 0, nameof(MutualInformation), "at least 0", MutualInformation);
        Require(WeightDecay >= 0, nameof(WeightDecay), "at least 0", WeightDecay);
    }
}
