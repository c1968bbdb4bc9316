using Toolchain.Data.Seeds;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>Uniform noise on presence logits: while training, a capsule must make up its mind to be told from noise.</summary>
/// <param name="Part">[N,P].</param>
/// <param name="Capsule">[O,N,1].</param>
/// <param name="Vote">[O,N,P].</param>
sealed record CapsuleNoise(Tensor Part, Tensor Capsule, Tensor Vote)
{
    /// <summary>
    /// The noise of one step, keyed by (seed, step): the same on every device, and TorchSharp 0.107 has generators of the processor alone.
    /// </summary>
    public static CapsuleNoise Draw(CapsulesOptions options, int seed, int step, long imageCount, Device device)
    {
        ulong key = new RandomStream((ulong)seed, "presence noise", step).NextUInt64();
        using var generator = new Generator(key);
        return new CapsuleNoise(
            Uniform(imageCount, options.PartCount),
            Uniform(options.ObjectCount, imageCount, 1),
            Uniform(options.ObjectCount, imageCount, options.PartCount));

        Tensor Uniform(params long[] shape) => ((rand(shape, generator: generator) - 0.5) * options.PresenceNoise).to(device);
    }
}
