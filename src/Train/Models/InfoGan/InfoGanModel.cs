using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>Outputs of discriminator and recognition network for a batch.</summary>
/// <param name="Real">Logits of being real, [N].</param>
/// <param name="Code">Logits of the categorical code, [N,K].</param>
/// <param name="Continuous">Continuous codes, [N,C].</param>
sealed record DiscriminatorOutput(Tensor Real, Tensor Code, Tensor Continuous);

/// <summary>
/// InfoGAN (Chen et al. 2016): a generator, a discriminator between its images and real ones, and a recognition network Q on the
/// discriminator's features, which recovers the codes of the generated images.
/// </summary>
sealed class InfoGanModel : nn.Module
{
    readonly Generator generator;
    readonly Recogniser recogniser;
    readonly Linear discriminator;
    readonly Tensor joint; // [K,K], running mean of the joint distribution of two views' codes; a buffer
    readonly Tensor trend; // [2], running means of marginal entropy and discriminator accuracy; a buffer: it is saved with the weights

    /// <summary>Fresh networks.</summary>
    public InfoGanModel(InfoGanOptions options, ImageShape shape) : base(nameof(InfoGanModel))
    {
        generator = new Generator(options, shape);
        recogniser = new Recogniser(options, shape);
        discriminator = nn.Linear(options.HiddenSize, 1);
        joint = full([options.ClusterCount, options.ClusterCount], 1.0 / (options.ClusterCount * options.ClusterCount), float32);
        trend = tensor(CollapseWatch.Start(options.ClusterCount));
        RegisterComponents();
    }

    /// <summary>From latents to images.</summary>
    public Generator Generator => generator;

    /// <summary>From images to codes.</summary>
    public Recogniser Recogniser => recogniser;

    /// <summary>Running joint distribution of two views' codes, [K,K].</summary>
    internal Tensor Joint => joint;

    /// <summary>Running means for <see cref="CollapseWatch"/>, [2].</summary>
    internal Tensor Trend => trend;

    /// <summary>The weights of discriminator and recognition network.</summary>
    public IEnumerable<Parameter> DiscriminatorParameters => [.. recogniser.parameters(), .. discriminator.parameters()];

    /// <summary>Outputs for images [N,C,H,W], all real or all generated: batches of the two are normalised apart.</summary>
    public DiscriminatorOutput Discriminate(Tensor image, bool isReal)
    {
        Tensor feature = recogniser.Feature(image, isReal); // [N,1024]
        (_, Tensor code, Tensor continuous) = recogniser.Read(feature, isReal);
        return new DiscriminatorOutput(discriminator.call(feature).squeeze(1), code, continuous); // [N], [N,K], [N,C]
    }
}
