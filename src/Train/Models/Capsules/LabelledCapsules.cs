using Toolchain.Train.Features;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>All state of a training: the autoencoder and the labels that it gave the training images.</summary>
sealed class LabelledCapsules : nn.Module
{
    readonly CapsuleAutoencoder autoencoder;
    readonly SelfLabels labels;

    /// <summary>A fresh model without labels.</summary>
    /// <param name="options">Shapes.</param>
    /// <param name="imageCount">Number of training images.</param>
    public LabelledCapsules(CapsulesOptions options, int imageCount) : base(nameof(LabelledCapsules))
    {
        autoencoder = new CapsuleAutoencoder(options);
        labels = new SelfLabels(options.SelfLabelShare > 0 ? imageCount : 0, options.ClassCount);
        RegisterComponents();
    }

    /// <summary>What is exported.</summary>
    public CapsuleAutoencoder Autoencoder => autoencoder;

    /// <summary>Spectral clusters of the presences.</summary>
    public SelfLabels Labels => labels;
}
