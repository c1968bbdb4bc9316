using Toolchain.Train.Augmentations;

namespace Toolchain.Train.Models.Refine;

/// <summary>Options of the last mile; the defaults are the recipe of docs/models/refined.md.</summary>
public sealed record RefineOptions : GradientOptions, IAugmented
{
    /// <summary>Folder of the run whose encoder gives the first clusters: any method that learns by gradient.</summary>
    public string From { get; init; } = "";

    /// <summary>Number of clusters (K).</summary>
    public int ClusterCount { get; init; } = 10;

    /// <summary>
    /// First steps, in which linear heads on the given encoder learn clusters by mutual information between views; 0 takes the spectral clusters of
    /// its embeddings instead.
    /// </summary>
    public int HeadSteps { get; init; }

    /// <summary>Heads that learn side by side; the one with the most mutual information is taken.</summary>
    public int HeadCount { get; init; } = 5;

    /// <summary>Times that all images get new labels from the net, evenly over the steps.</summary>
    public int Rounds { get; init; } = 4;

    /// <summary>Views of an image whose mean prediction is its new label.</summary>
    public int LabelViews { get; init; } = 2;

    /// <summary>Share of each cluster, its surest images, whose labels are learned from.</summary>
    public double ConfidentShare { get; init; } = 0.9;

    /// <summary>Weight of the mutual information between the two views of every image, beside the labels.</summary>
    public double MutualInformation { get; init; } = 0.5;

    /// <summary>Decoupled weight decay of AdamW.</summary>
    public double WeightDecay { get; init; } = 1e-3;

    /// <summary>How the views are drawn.</summary>
    public AugmentationOptions Augmentation { get; init; } = new() { EraseProbability = 0.4, EraseSide = 10, BarProbability = 0.4 };

    /// <summary>Defaults of the shared options.</summary>
    public RefineOptions() => (BatchSize, StepCount, LearningRate, Schedule, WarmupSteps) = (256, 3000, 2e-3, LearningRateSchedule.Cosine, 100);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Augmentation.Check();
        if (From == "")
        {
            throw new ArgumentException("'from' must be the folder of a trained run, was empty; say --set from=runs/moco/run-001.");
        }
        Require(ClusterCount >= 2, nameof(ClusterCount), "at least 2", ClusterCount);
        Require(HeadSteps >= 0 && HeadSteps < StepCount, nameof(HeadSteps), $"in [0..stepCount={StepCount})", HeadSteps);
        Require(HeadCount >= 1, nameof(HeadCount), "at least 1", HeadCount);
        Require(Rounds >= 1 && Rounds <= StepCount, nameof(Rounds), $"in [1..stepCount={StepCount}]", Rounds);
        Require(LabelViews >= 1, nameof(LabelViews), "at least 1", LabelViews);
        Require(ConfidentShare is > 0 and <= 1, nameof(ConfidentShare), "in (0..1]", ConfidentShare);
        Require(MutualInformation >= 0, nameof(MutualInformation), "at least 0", MutualInformation);
        Require(WeightDecay >= 0, nameof(WeightDecay), "at least 0", WeightDecay);
    }
}
