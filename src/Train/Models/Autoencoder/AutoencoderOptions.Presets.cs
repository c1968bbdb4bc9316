using Toolchain.Train.Core;
using Toolchain.Views;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>Whole recipes of the autoencoder.</summary>
enum AutoencoderPreset
{
    /// <summary>The poster's network and objective.</summary>
    Poster,

    /// <summary>The poster's network with a clustering phase.</summary>
    Clusters,

    /// <summary>A deeper network with a clustering phase.</summary>
    Deep,
}

sealed partial record AutoencoderOptions
{
    /// <summary>The poster's network and objective.</summary>
    public static AutoencoderOptions Poster { get; } = new();

    /// <summary>The poster's network, trained for clusters; recipe and trials in docs/experiments/autoencoder-recipe.md.</summary>
    public static AutoencoderOptions Clusters { get; } = new()
    {
        Preset = AutoencoderPreset.Clusters,
        ContrastWeight = 0.02,
        ClusterSteps = 2500,
        Augmentation = new AugmentationOptions { Elastic = 0.8 },
        BatchSize = 256,
        StepCount = 5000,
        LearningRate = 2e-3,
        Schedule = LearningRateSchedule.Cosine,
    };

    /// <summary>The same with the network of Xie et al. 2016, 784 - 500 - 500 - 2000 - 10, which has room for pen strokes.</summary>
    public static AutoencoderOptions Deep { get; } = Clusters with
    {
        Preset = AutoencoderPreset.Deep,
        Network = AutoencoderNetwork.Deep,
        Precision = Precision.BFloat16,
        EmbeddingSize = 10,
        Augmentation = new AugmentationOptions { Elastic = 0.8, StrokeProbability = 0.12 },
        ClusterSteps = 3000,
        StepCount = 6000,
        LearningRate = 1e-3,
    };

    static readonly Dictionary<string, MethodOptions> presets = new() { ["poster"] = Poster, ["clusters"] = Clusters, ["deep"] = Deep };
}
