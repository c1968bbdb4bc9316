namespace Toolchain.Train.Core;

/// <summary>How the learning rate goes over a run.</summary>
enum LearningRateSchedule
{
    /// <summary>The same at every step.</summary>
    Constant,

    /// <summary>Half a cosine from the full rate down to 0 (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,
}

/// <summary>Options that every method trained by gradient has.</summary>
abstract record GradientOptions : MethodOptions
{
    /// <summary>Images per step (N).</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Training steps.</summary>
    public int StepCount { get; init; } = 1000;

    /// <summary>Total steps, including those of discarded restarts.</summary>
    public int TotalSteps => this is IRestarted several ? StepCount + (several.Restarts - 1) * Math.Min(several.RestartSteps, StepCount)
        : StepCount;

    /// <summary>Peak learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Schedule of the learning rate.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>First steps, in which the learning rate rises linearly from near 0 (Goyal et al. 2017, section 2.2); 0 for none.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The learning rate of a step, 0-based.</summary>
    public virtual double LearningRateAt(int step)
    {
        double warmth = step < WarmupSteps ? (step + 1.0) / WarmupSteps : 1;
        return warmth * (Schedule == LearningRateSchedule.Cosine ? LearningRate * (1 + Math.Cos(Math.PI * step / StepCount)) / 2
            : LearningRate);
    }

    /// <inheritdoc/>
    public override long ImagesOfRun(int imageCount) => (long)TotalSteps * BatchSize;

    /// <inheritdoc/>
    public override void Check()
    {
        Require(BatchSize >= 1, nameof(BatchSize), "at least 1", BatchSize);
        Require(StepCount >= 1, nameof(StepCount), "at least 1", StepCount);
        Require(WarmupSteps >= 0, nameof(WarmupSteps), "at least 0", WarmupSteps);
        Require(LearningRate > 0, nameof(LearningRate), "above 0", LearningRate);
    }
}
