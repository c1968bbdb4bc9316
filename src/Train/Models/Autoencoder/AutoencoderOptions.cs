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
}

/// <summary>Options of the autoencoder; the network of small images is the poster's.</summary>
sealed record AutoencoderOptions : GradientOptions, IAugmented
{
    // Channels, rows and columns multiplied: 32 x 32 in grey.
    const int MostDense = 1024;

    /// <summary>The network: auto takes the fully connected one for images of up to 1,024 numbers, else the convolutional one.</summary>
    [OmittedAtDefault]
    public AutoencoderNetwork Network { get; init; }

    /// <summary>Size of the hidden layers of the fully connected network.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>Size of the code (D).</summary>
    public int EmbeddingSize { get; init; } = 12;

    /// <summary>
    /// Whether the input is a view of the image and the target the image itself (Vincent et al. 2008, "Extracting and Composing Robust
    /// Features with Denoising Autoencoders", with handwriting variation as the noise); false is the poster's plain reconstruction.
    /// </summary>
    public bool Denoise { get; init; } = true;

    /// <summary>How the views are drawn: affine maps alone, which a small network can invert (docs/models/autoencoder.md).</summary>
    public AugmentationOptions Augmentation { get; init; } = new() { Elastic = 0, ThicknessProbability = 0 };

    /// <summary>L2 penalty on all weights.</summary>
    public double WeightDecay { get; init; } = 1e-5;

    /// <summary>Defaults of the shared options: batches of 128 at a learning rate of .001 (Adam), 20 epochs of MNIST.</summary>
    public AutoencoderOptions() => (BatchSize, StepCount, LearningRate) = (128, 9380, 1e-3);

    /// <summary>Whether the convolutional network is asked for, or taken for images of a shape.</summary>
    public bool HasConvolutions(ImageShape shape) => Network == AutoencoderNetwork.Conv
        || (Network == AutoencoderNetwork.Auto && shape.Size > MostDense);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        Augmentation.Check();
        Require(HiddenSize >= 1, nameof(HiddenSize), "at least 1", HiddenSize);
        Require(EmbeddingSize >= 1, nameof(EmbeddingSize), "at least 1", EmbeddingSize);
    }
}
