using Toolchain.Data;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Views;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>Networks of the autoencoder.</summary>
enum AutoencoderNetwork
{
    /// <summary>The fully connected one for images of up to 1,024 numbers, else the convolutional one.</summary>
    Auto,

    /// <summary>The poster's: two fully connected layers either way.</summary>
    Dense,

    /// <summary>Three convolutions either way.</summary>
    Conv,

    /// <summary>Four fully connected layers either way.</summary>
    Deep,
}

/// <summary>Options of the autoencoder; the network of small images is the poster's.</summary>
sealed partial record AutoencoderOptions : GradientOptions, IAugmented
{
    // Channels, rows and columns multiplied: 32 x 32 in grey.
    const int MostDense = 1024;

    /// <summary>
    /// The recipe that gives all other options their defaults: the poster's, its network with a clustering phase, or a deeper network with
    /// a clustering phase.
    /// </summary>
    [OmittedAtDefault]
    public AutoencoderPreset Preset { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, MethodOptions> Presets => presets;

    /// <summary>
    /// The network: auto takes dense for images of up to 1,024 numbers, else conv; deep is 500 - 500 - 2000 - code, with the layers of Xie
    /// et al. 2016 ("Unsupervised Deep Embedding for Clustering Analysis").
    /// </summary>
    [OmittedAtDefault]
    public AutoencoderNetwork Network { get; init; }

    /// <summary>Number format of the deep network's products during training.</summary>
    [OmittedAtDefault]
    public Precision Precision { get; init; }

    /// <summary>Size of the hidden layers of the dense network.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>Size of the code (D).</summary>
    public int EmbeddingSize { get; init; } = 12;

    /// <summary>
    /// Whether the input is a view of the image and the target the image itself (Vincent et al. 2008, "Extracting and Composing Robust
    /// Features with Denoising Autoencoders", with handwriting variation as the noise); false is the poster's plain reconstruction.
    /// Contrast and the clustering phase take views either way.
    /// </summary>
    public bool Denoise { get; init; } = true;

    /// <summary>
    /// Weight, beside the reconstruction, of a contrastive loss that draws the codes of two views of an image together; 0 for none.
    /// </summary>
    [OmittedAtDefault]
    public double ContrastWeight { get; init; }

    /// <summary>
    /// Last steps of stepCount, the clustering phase: codes are drawn to cluster centres (Guo et al. 2017, "Improved Deep Embedded
    /// Clustering with Local Structure Preservation", on views as Guo et al. 2018); 0 for none.
    /// </summary>
    [OmittedAtDefault]
    public int ClusterSteps { get; init; }

    /// <summary>Number of clusters (K) of the clustering phase.</summary>
    [OmittedAtDefault(10)]
    public int ClusterCount { get; init; } = 10;

    /// <inheritdoc/>
    public override string? ClassesOption => ClusterSteps > 0 ? nameof(ClusterCount) : null;

    /// <summary>Weight of the cross-entropy between views' clusters and the target distribution, beside the reconstruction.</summary>
    [OmittedAtDefault(0.1)]
    public double ClusterWeight { get; init; } = 0.1;

    /// <summary>Weight of the mutual information between the clusters of two views of an image, beside the reconstruction.</summary>
    [OmittedAtDefault(0.1)]
    public double MutualInformation { get; init; } = 0.1;

    /// <summary>How the views are drawn: affine maps alone, which a small network can invert (docs/models/autoencoder.md).</summary>
    public AugmentationOptions Augmentation { get; init; } = new() { Elastic = 0, ThicknessProbability = 0 };

    /// <summary>L2 penalty on all weights.</summary>
    public double WeightDecay { get; init; } = 1e-5;

    /// <summary>Defaults of the shared options: batches of 128 at a learning rate of .001 (Adam), 20 epochs of MNIST.</summary>
    public AutoencoderOptions() => (BatchSize, StepCount, LearningRate) = (128, 9380, 1e-3);

    /// <summary>First step of the clustering phase; stepCount where there is none.</summary>
    public int ClusterStart => StepCount - ClusterSteps;

    /// <summary>Whether the convolutional network is asked for, or taken for images of a shape.</summary>
    public bool HasConvolutions(ImageShape shape) => Network == AutoencoderNetwork.Conv
        || (Network == AutoencoderNetwork.Auto && shape.Size > MostDense);

    /// <summary>The schedule begins anew with the clustering phase.</summary>
    public override double LearningRateAt(int step) => step < ClusterStart
        ? (this with { ClusterSteps = 0, StepCount = ClusterStart }).Within(step)
        : (this with { ClusterSteps = 0, StepCount = ClusterSteps }).Within(step - ClusterStart);

    double Within(int step) => base.LearningRateAt(step);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Augmentation.Check();
        Require(HiddenSize >= 1, nameof(HiddenSize), "at least 1", HiddenSize);
        Require(EmbeddingSize >= 1, nameof(EmbeddingSize), "at least 1", EmbeddingSize);
        Require(ContrastWeight >= 0, nameof(ContrastWeight), "at least 0", ContrastWeight);
        Require(ClusterSteps >= 0 && ClusterSteps < StepCount, nameof(ClusterSteps), $"in [0..stepCount={StepCount})", ClusterSteps);
        Require(ClusterCount >= 2, nameof(ClusterCount), "at least 2", ClusterCount);
        Require(ClusterWeight >= 0, nameof(ClusterWeight), "at least 0", ClusterWeight);
        Require(MutualInformation >= 0, nameof(MutualInformation), "at least 0", MutualInformation);
    }
}
