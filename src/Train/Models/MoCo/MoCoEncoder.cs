using Toolchain.Data;
using Toolchain.Train.Core;
using Toolchain.Train.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.MoCo;

/// <summary>Outputs of the encoder.</summary>
/// <param name="Embedding">Unit rows [N,D].</param>
/// <param name="Feature">What the linear layer reads, [N,F].</param>
sealed record MoCoOutput(Tensor Embedding, Tensor Feature);

/// <summary>
/// The poster's small convnet: two convolutions, one pool, one linear layer; or a deeper one; unit-length embeddings. Each number of the
/// embedding is brought to mean 0 and variance 1 over the batch first: otherwise queries part from the queue's older keys by drifting along
/// together, and in 60 steps all embeddings are one (docs/models/moco.md). In evaluation they are whitened in part, once
/// <see cref="Whiten"/> has seen the training images.
/// </summary>
sealed class MoCoEncoder : nn.Module<Tensor, MoCoOutput>
{
    readonly Precision precision;
    readonly Conv2d? conv1, conv2; // of the small net
    readonly FeatureNet? deep; // or the wide one
    readonly Linear fc;
    readonly BatchNorm1d norm;
    readonly Whitening whitening;

    /// <summary>A fresh encoder.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="shape">Of the images.</param>
    public MoCoEncoder(MoCoOptions options, ImageShape shape) : base(nameof(MoCoEncoder))
    {
        int embeddingSize = options.EmbeddingSize;
        precision = options.Precision;
        if (options.Network.Features(shape) is FeatureNet features)
        {
            deep = features;
            fc = nn.Linear(deep.FeatureSize, embeddingSize);
        }
        else
        {
            conv1 = SmallConvnet.First(shape);
            conv2 = SmallConvnet.Second();
            fc = SmallConvnet.Last(shape, embeddingSize);
        }
        norm = nn.BatchNorm1d(embeddingSize, affine: false);
        whitening = new Whitening(embeddingSize);
        RegisterComponents();
    }

    /// <summary>Embeds images [N,C,H,W] with pixels in [0,1]: unit rows [N,D], and the features [N,F] below them.</summary>
    public override MoCoOutput forward(Tensor image)
    {
        Tensor feature = Features(image), embedding = Normalised(feature); // [N,F], [N,D]
        return new MoCoOutput(UnitLength(training ? embedding : whitening.call(embedding)), feature);
    }

    /// <summary>Fits the whitening of the embeddings to images.</summary>
    /// <param name="predict">Applies a function from images [B,C,H,W] to rows [B,D] to all training images.</param>
    /// <param name="strength">See <see cref="Whitening.Fit"/>.</param>
    public void Whiten(Func<Func<Tensor, Tensor>, Tensor> predict, double strength)
    {
        eval();
        whitening.Fit(predict(image => Normalised(Features(image))), strength);
        train();
    }

    Tensor Features(Tensor image)
    {
        if (deep is not null)
        {
            return deep.call(image); // [N,F]
        }
        Tensor x = nn.functional.relu(precision.Apply(conv1!, image, stride: 2, padding: 2)); // [N,32,H/2,W/2]
        x = precision.Apply(conv2!, x, stride: 1, padding: 1); // [N,64,H/2,W/2]
        // The poster's order is ReLU, then pool; it gives the same numbers, of which there are four times as many.
        return nn.functional.relu(nn.functional.max_pool2d(x, 2)).flatten(1); // [N,F], of 28 x 28 pixels 3,136
    }

    // Mean 0 and variance 1 over the batch, or over the images of the training.
    Tensor Normalised(Tensor feature) => norm.call(precision.Apply(fc, feature)); // [N,D]

    // Without the usual floor under the norm, which OpenCV 4.6 cannot read: a row of zeros does not occur, since the layers have biases.
    internal static Tensor UnitLength(Tensor rows) => rows / rows.norm(1, keepdim: true, 2); // [N,D]
}
