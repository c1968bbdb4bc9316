using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>Outputs of an encoder with clusters.</summary>
/// <param name="Embedding">The code, [N,D].</param>
/// <param name="Probability">Cluster probabilities, [N,K].</param>
/// <param name="Cluster">The likeliest cluster, [N], int64.</param>
sealed record CodeOutput(Tensor Embedding, Tensor Probability, Tensor Cluster);

/// <summary>
/// An encoder with clusters of its codes: probability k is proportional to exp(-|z - centre k|^2 / 2 variance). Guo et al. 2017 take
/// Student's t, whose heavy tails leave codes at the distances of ours unsure of their cluster.
/// </summary>
sealed class CodeClusters : nn.Module<Tensor, CodeOutput>
{
    readonly nn.Module<Tensor, Tensor> encoder;
    readonly Parameter centres; // [K,D]
    readonly Tensor variance; // [1]

    /// <summary>Clusters whose centres are all 0.</summary>
    public CodeClusters(nn.Module<Tensor, Tensor> encoder, AutoencoderOptions options) : base(nameof(CodeClusters))
    {
        this.encoder = encoder;
        centres = nn.Parameter(zeros(options.ClusterCount, options.EmbeddingSize));
        variance = ones(1);
        RegisterComponents();
    }

    /// <summary>The centres [K,D], which learn with the encoder.</summary>
    public Parameter Centres => centres;

    /// <summary>Codes, probabilities and clusters of images [N,C,H,W] with pixels in [0,1].</summary>
    public override CodeOutput forward(Tensor image)
    {
        Tensor code = encoder.call(image), logits = Logits(code); // [N,D], [N,K]
        return new CodeOutput(code, logits.softmax(1), logits.argmax(1));
    }

    /// <summary>Logits of the clusters [N,K] of codes [N,D].</summary>
    public Tensor Logits(Tensor code) => (code.unsqueeze(1) - centres).square().sum(2) / (-2 * variance); // [N,K]

    /// <summary>
    /// Takes the means of clusters as centres, and the mean squared distance to them per dimension as variance, which stays: the encoder
    /// can part clusters further.
    /// </summary>
    /// <param name="codes">Codes [N,D].</param>
    /// <param name="labels">Soft labels [N,K].</param>
    public void Start(Tensor codes, Tensor labels)
    {
        using IDisposable scope = NewDisposeScope(), ungraded = no_grad();
        centres.copy_(labels.t().matmul(codes) / labels.sum([0]).clamp_min(1e-6).unsqueeze(1));
        Tensor distance = (codes - centres.index_select(0, labels.argmax(1))).square().mean();
        variance.copy_(distance.clamp_min(1e-6).unsqueeze(0));
    }
}
