using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>What discriminator and recogniser say about a batch.</summary>
/// <param name="Realness">Logits of being real, [N].</param>
/// <param name="Code">Logits of the categorical code, [N,K].</param>
/// <param name="Continuous">Continuous codes, [N,C].</param>
sealed record Judgement(Tensor Realness, Tensor Code, Tensor Continuous);

/// <summary>
/// InfoGAN (Chen et al. 2016): a generator, a discriminator that tells its images from real ones, and a recogniser on the discriminator's
/// features that reads back the codes the images were made from.
/// </summary>
sealed class InfoGanModel : nn.Module
{
    readonly Generator generator;
    readonly Recogniser recogniser;
    readonly Linear realness;
    readonly Tensor joint; // [K,K], running mean of the joint distribution of two views' codes; a buffer
    readonly Tensor trend; // [2], running means of marginal entropy and discriminator accuracy; a buffer: it is saved with the weights

    /// <summary>Fresh networks.</summary>
    public InfoGanModel(InfoGanOptions options) : base(nameof(InfoGanModel))
    {
        generator = new Generator(options);
        recogniser = new Recogniser(options);
        realness = nn.Linear(options.HiddenSize, 1);
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

    /// <summary>The weights of discriminator and recogniser.</summary>
    public IEnumerable<Parameter> JudgeParameters => [.. recogniser.parameters(), .. realness.parameters()];

    /// <summary>Judges images [N,1,28,28], all real or all generated: batches of the two are normalised apart.</summary>
    public Judgement Judge(Tensor image, bool isReal)
    {
        Tensor feature = recogniser.Feature(image, isReal); // [N,1024]
        (_, Tensor code, Tensor continuous) = recogniser.Read(feature, isReal);
        return new Judgement(realness.call(feature).squeeze(1), code, continuous);
    }
}
