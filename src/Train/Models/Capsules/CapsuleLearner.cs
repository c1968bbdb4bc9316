using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>The autoencoder with what its training remembers.</summary>
sealed class CapsuleLearner : nn.Module
{
    readonly CapsuleAutoencoder autoencoder;
    readonly Linear? projection; // of all capsules' numbers, for the contrastive loss
    readonly Tensor joint; // [O,O], running mean of the joint distributions of two views' objects

    /// <summary>A fresh autoencoder; views are independent until there are some.</summary>
    public CapsuleLearner(CapsulesOptions options) : base(nameof(CapsuleLearner))
    {
        autoencoder = new CapsuleAutoencoder(options);
        joint = full([options.ObjectCount, options.ObjectCount], 1.0 / (options.ObjectCount * options.ObjectCount), float32);
        if (options.ContrastWeight > 0)
        {
            projection = nn.Linear(options.ObjectCount * options.CapsuleSize, 64);
        }
        RegisterComponents();
    }

    /// <summary>What learns.</summary>
    public CapsuleAutoencoder Autoencoder => autoencoder;

    /// <summary>Unit rows [N,64] from the capsules' numbers [N,O*Z].</summary>
    public Tensor Project(Tensor capsules)
    {
        Tensor x = projection!.call(capsules); // [N,64]
        return x / x.norm(1, keepdim: true, 2).clamp_min(1e-6);
    }

    /// <summary>Running mean of the joint distributions of two views' objects, [O,O].</summary>
    public Tensor Joint => joint;
}
