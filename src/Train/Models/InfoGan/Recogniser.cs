using Toolchain.Data;
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
/// and 7 x 7 x 128, then more of 128 maps where images are larger (<see cref="GanShape"/>), fully connected 1024; Q: fully connected 128,
/// then the codes. Leaky ReLU, and batch normalisation in all but the first.
/// </summary>
sealed class Recogniser : nn.Module<Tensor, RecogniserOutput>
{
    /// <summary>Elements of an embedding (D).</summary>
    public const int EmbeddingSize = 128;

    const double Slope = 0.1; // of the leaky ReLU, as the paper's appendix C.1

    readonly Precision precision;
    readonly Conv2d conv1, conv2;
    readonly Linear fc, embedding, code, continuous;
    readonly BatchNorm2d norm2;
    readonly ModuleList<Conv2d> deeper; // of images that need more than two
    readonly ModuleList<BatchNorm2d> deeperNorms;
    readonly BatchNorm1d norm3, norm4;

    /// <summary>A fresh recognition network.</summary>
    public Recogniser(InfoGanOptions options, ImageShape shape) : base(nameof(Recogniser))
    {
        var smallest = GanShape.Of(shape);
        int channels = options.ChannelCount;
        precision = options.Precision;
        conv1 = nn.Conv2d(shape.Channels, channels, 4, stride: 2, padding: 1);
        conv2 = nn.Conv2d(channels, 2 * channels, 4, stride: 2, padding: 1, bias: false);
        norm2 = nn.BatchNorm2d(2 * channels);
        fc = nn.Linear(smallest.PixelCount * 2 * channels, options.HiddenSize, hasBias: false);
        norm3 = nn.BatchNorm1d(options.HiddenSize);
        embedding = nn.Linear(options.HiddenSize, EmbeddingSize, hasBias: false);
        norm4 = nn.BatchNorm1d(EmbeddingSize);
        code = nn.Linear(EmbeddingSize, options.ClusterCount);
        continuous = nn.Linear(EmbeddingSize, options.ContinuousCount);
        (deeper, deeperNorms) = ([], []);
        for (int layer = 2; layer < smallest.Layers; layer++)
        {
            deeper.Add(nn.Conv2d(2 * channels, 2 * channels, 4, stride: 2, padding: 1, bias: false));
            deeperNorms.Add(nn.BatchNorm2d(2 * channels));
        }
        RegisterComponents();
        Initialisation.Apply(this);
    }

    /// <summary>Embedding, code and continuous codes of images [N,C,H,W] with pixels in [0,1].</summary>
    public override RecogniserOutput forward(Tensor image)
    {
        (Tensor rows, Tensor logits, Tensor values) = Read(Feature(image));
        return new RecogniserOutput(rows, logits.softmax(1), logits.argmax(1), values); // [N,128], [N,K], [N], [N,C]
    }

    /// <summary>What discriminator and Q share, [N,1024].</summary>
    /// <param name="image">[N,C,H,W].</param>
    /// <param name="isReal">
    /// Whether the batch's statistics enter the running ones. Those of generated images must not: at evaluation the images are real.
    /// </param>
    public Tensor Feature(Tensor image, bool isReal = true)
    {
        Tensor x = nn.functional.leaky_relu(conv1.call(image), Slope); // [N,64,H/2,W/2]
        x = nn.functional.leaky_relu(Normalise(norm2, precision.Apply(conv2, x, stride: 2, padding: 1), isReal), Slope); // [N,128,H/4,W/4]
        for (int layer = 0; layer < deeper.Count; layer++)
        {
            x = precision.Apply(deeper[layer], x, stride: 2, padding: 1);
            x = nn.functional.leaky_relu(Normalise(deeperNorms[layer], x, isReal), Slope); // [N,128,...], half the sides
        }
        return nn.functional.leaky_relu(Normalise(norm3, precision.Apply(fc, x.flatten(1)), isReal), Slope); // [N,1024]
    }

    /// <summary>From features [N,1024]: embedding [N,128], logits of the code [N,K], continuous codes [N,C].</summary>
    public RecogniserLogits Read(Tensor feature, bool isReal = true)
    {
        Tensor rows = nn.functional.leaky_relu(Normalise(norm4, embedding.call(feature), isReal), Slope); // [N,128]
        return new(rows, code.call(rows), continuous.call(rows)); // [N,128], [N,K], [N,C]
    }

    Tensor Normalise(NormBase norm, Tensor x, bool isReal) =>
        isReal || !training ? norm.call(x) : nn.functional.batch_norm(x, null, null, norm.weight, norm.bias, training: true);
}
