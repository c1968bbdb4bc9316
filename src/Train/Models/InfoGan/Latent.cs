using Toolchain.Data.Seeds;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>What images are made from.</summary>
/// <param name="Noise">[N,Z] in [-1,1].</param>
/// <param name="Code">The categorical code, int64 [N].</param>
/// <param name="OneHot">The same as rows [N,K].</param>
/// <param name="Continuous">[N,C] in [-1,1].</param>
sealed record Latent(Tensor Noise, Tensor Code, Tensor OneHot, Tensor Continuous)
{
    /// <summary>
    /// Draws <paramref name="count"/> latents; each code occurs equally often, up to one, so that no code starves in a small batch.
    /// </summary>
    /// <param name="options">Sizes.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Number of the step: any can be drawn by itself.</param>
    /// <param name="count">Number of images (N).</param>
    /// <param name="device">Where the tensors shall live.</param>
    public static Latent Draw(InfoGanOptions options, int seed, int step, int count, Device device)
    {
        var random = new RandomStream((ulong)seed, "latent", step);
        long[] codes = [.. Enumerable.Range(0, count).Select(i => (long)(i % options.ClusterCount))];
        Tensor noise = tensor(Uniform(count * options.NoiseSize, ref random), [count, options.NoiseSize], device: device);
        Tensor continuous = tensor(Uniform(count * options.ContinuousCount, ref random), [count, options.ContinuousCount], device: device);
        Tensor code = tensor(codes, device: device);
        return new Latent(noise, code, nn.functional.one_hot(code, options.ClusterCount).to(float32), continuous);
    }

    static float[] Uniform(int count, ref RandomStream random)
    {
        var values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = 2 * random.NextSingle() - 1;
        }
        return values;
    }
}
