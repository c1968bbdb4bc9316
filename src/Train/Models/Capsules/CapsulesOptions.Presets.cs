using Toolchain.Train.Core;
using Toolchain.Views;

namespace Toolchain.Train.Models.Capsules;

sealed partial record CapsulesOptions
{
    static readonly AugmentationOptions unchanged = new()
    {
        RotationDegrees = 0,
        Shear = 0,
        ScaleLow = 1,
        ScaleHigh = 1,
        Anisotropy = 0,
        Shift = 0,
        Elastic = 0,
        ThicknessProbability = 0,
    };

    static readonly AugmentationOptions views = unchanged with
    {
        RotationDegrees = 20,
        Shear = 0.3,
        ScaleLow = 0.8,
        ScaleHigh = 1.25,
        Anisotropy = 0.15,
        Shift = 0.1,
        Elastic = 1,
        ThicknessProbability = 0.5,
        StrokeProbability = 0.25,
    };

    /// <summary>For two processor cores and about an hour.</summary>
    public static CapsulesOptions Fast { get; } = new();

    /// <summary>That of the authors' code for MNIST (akosiorek/stacked_capsule_autoencoders), for an accelerator.</summary>
    public static CapsulesOptions Official { get; } = new()
    {
        Preset = CapsulesPreset.Official,
        PartCount = 40,
        CanvasSide = 40,
        Shift = 6,
        ConvolutionCount = 4,
        FirstChannelCount = 128,
        ChannelCount = 128,
        CodeSize = 256,
        HiddenSize = 128,
        PixelDeviation = 1,
        NoisyTokens = true,
        NormalisePresence = false,
        ContrastWeight = 0,
        SelfLabelShare = 0,
        PriorWithinWeight = 2,
        PosteriorWithinWeight = 0.7,
        Optimizer = CapsulesOptimizer.RmsProp,
        Augmentation = unchanged,
        BatchSize = 128,
        StepCount = 300_000,
        LearningRate = 3e-5,
        Schedule = LearningRateSchedule.Constant,
        WarmupSteps = 0,
    };

    static readonly Dictionary<string, MethodOptions> presets = new() { ["fast"] = Fast, ["official"] = Official };
}
