using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>The autoencoder with what its training remembers.</summary>
sealed class CapsuleLearner : nn.Module
{
    readonly CapsuleAutoencoder autoencoder;
    readonly Tensor joint; // [O,O], running mean of the joint distributions of two views' objects

    /// <summary>A fresh autoencoder; views are independent until there are some.</summary>
    public CapsuleLearner(CapsulesOptions options) : base(nameof(CapsuleLearner))
    {
        autoencoder = new CapsuleAutoencoder(options);
        joint = full([options.ObjectCount, options.ObjectCount], 1.0 / (options.ObjectCount * options.ObjectCount), float32);
        RegisterComponents();
    }

    /// <summary>What learns.</summary>
    public CapsuleAutoencoder Autoencoder => autoencoder;

    /// <summary>Running mean of the joint distributions of two views' objects, [O,O].</summary>
    public Tensor Joint => joint;
}
