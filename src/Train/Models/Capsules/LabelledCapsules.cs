using Toolchain.Data;
using Toolchain.Train.Features;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>All state of a training: the autoencoder and the labels that it gave the training images.</summary>
sealed class LabelledCapsules : nn.Module
{
    readonly CapsuleAutoencoder autoencoder;
    readonly SelfLabels labels;

    /// <summary>A fresh model without labels.</summary>
    /// <param name="options">Options for images of their shape.</param>
    /// <param name="data">The training images.</param>
    public LabelledCapsules(CapsulesOptions options, ImageSet data) : base(nameof(LabelledCapsules))
    {
        autoencoder = new CapsuleAutoencoder(options, data.Shape);
        labels = new SelfLabels(options.SelfLabelShare > 0 ? data.Count : 0, options.ClassCount);
        RegisterComponents();
    }

    /// <summary>What is exported.</summary>
    public CapsuleAutoencoder Autoencoder => autoencoder;

    /// <summary>Spectral clusters of the presences.</summary>
    public SelfLabels Labels => labels;
}
