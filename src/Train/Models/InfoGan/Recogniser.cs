using Toolchain.Train.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>Outputs of the recognition network.</summary>
/// <param name="Embedding">The layer below the codes, [N,128].</param>
/// <param name="Probability">Of the categorical code, [N,K].</param>
/// <param name="Cluster">The likeliest code, [N], int64.</param>
/// <param name="Continuous">The continuous codes, [N,C].</param>
sealed record RecogniserOutput(Tensor Embedding, Tensor Probability, Tensor Cluster, Tensor Continuous);

/// <summary>What is read from shared features.</summary>
/// <param name="Embedding">[N,128].</param>
/// <param name="Code">Logits of the code [N,K].</param>
/// <param name="Continuous">Continuous codes [N,C].</param>
sealed record RecogniserLogits(Tensor Embedding, Tensor Code, Tensor Continuous);

/// <summary>
/// The poster's discriminator up to its last layer, and the recognition network Q upon it: 4 x 4 convolutions of stride 2 to 14 x 14 x 64
/// and 7 x 7 x 128, fully connected 1024; Q: fully connected 128, then the codes. Leaky ReLU, and batch normalisation in all but the first.
/// </summary>
sealed class Recogniser : nn.Module<Tensor, RecogniserOutput>
{
    /// <summary>Elements of an embedding (D).</summary>
    public const int EmbeddingSize = 128;

    const double slope = 0.1; // of the leaky ReLU, as the paper's appendix C.1

    readonly Precision precision;
    readonly Conv2d conv1, conv2;
    readonly Linear fc, embedding, code, continuous;
    readonly BatchNorm2d norm2;
    readonly BatchNorm1d norm3, norm4;

    /// <summary>A fresh recognition network.</summary>
    public Recogniser(InfoGanOptions options) : base(nameof(Recogniser))
    {
        int channels = options.ChannelCount;
        precision = options.Precision;
        conv1 = nn.Conv2d(1, channels, 4, stride: 2, padding: 1);
        conv2 = nn.Conv2d(channels, 2 * channels, 4, stride: 2, padding: 1, bias: false);
        norm2 = nn.BatchNorm2d(2 * channels);
        fc = nn.Linear(7 * 7 * 2 * channels, options.HiddenSize, hasBias: false);
        norm3 = nn.BatchNorm1d(options.HiddenSize);
        embedding = nn.Linear(options.HiddenSize, EmbeddingSize, hasBias: false);
        norm4 = nn.BatchNorm1d(EmbeddingSize);
        code = nn.Linear(EmbeddingSize, options.ClusterCount);
        continuous = nn.Linear(EmbeddingSize, options.ContinuousCount);
        RegisterComponents();
        Initialisation.Apply(this);
    }

    /// <summary>Embedding, code and continuous codes of images [N,1,28,28] with pixels in [0,1].</summary>
    public override RecogniserOutput forward(Tensor image)
    {
        (Tensor rows, Tensor logits, Tensor values) = Read(Feature(image));
        return new RecogniserOutput(rows, logits.softmax(1), logits.argmax(1), values); // [N,128], [N,K], [N], [N,C]
    }

    /// <summary>What discriminator and Q share, [N,1024].</summary>
    /// <param name="image">[N,1,28,28].</param>
    /// <param name="isReal">
    /// Whether the batch's statistics enter the running ones. Those of generated images must not: at evaluation the images are real.
    /// </param>
    public Tensor Feature(Tensor image, bool isReal = true)
    {
        Tensor x = nn.functional.leaky_relu(conv1.call(image), slope); // [N,64,14,14]
        x = nn.functional.leaky_relu(Normalise(norm2, precision.Apply(conv2, x, stride: 2, padding: 1), isReal), slope); // [N,128,7,7]
        return nn.functional.leaky_relu(Normalise(norm3, precision.Apply(fc, x.flatten(1)), isReal), slope); // [N,1024]
    }

    /// <summary>From features [N,1024]: embedding [N,128], logits of the code [N,K], continuous codes [N,C].</summary>
    public RecogniserLogits Read(Tensor feature, bool isReal = true)
    {
        Tensor rows = nn.functional.leaky_relu(Normalise(norm4, embedding.call(feature), isReal), slope); // [N,128]
        return new(rows, code.call(rows), continuous.call(rows)); // [N,128], [N,K], [N,C]
    }

    Tensor Normalise(NormBase norm, Tensor x, bool isReal) =>
        isReal || !training ? norm.call(x) : nn.functional.batch_norm(x, null, null, norm.weight, norm.bias, training: true);
}
