using Toolchain.Data;
using Toolchain.Train.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Refine;

/// <summary>Outputs of the network.</summary>
/// <param name="Embedding">The layer below the clusters, [N,64].</param>
/// <param name="Probability">Cluster probabilities, [N,K].</param>
/// <param name="Cluster">The likeliest cluster, [N], int64.</param>
sealed record ClusterOutput(Tensor Embedding, Tensor Probability, Tensor Cluster);

/// <summary>A convnet from pixels to clusters: MoCo's shape, with batch normalisation and a linear layer to K clusters.</summary>
sealed class ClusterNet : nn.Module<Tensor, ClusterOutput>
{
    /// <summary>Elements of an embedding (D).</summary>
    public const int EmbeddingSize = 64;

    readonly Conv2d? conv1, conv2; // of the small net
    readonly BatchNorm2d? norm1, norm2;
    readonly FeatureNet? deep; // or the wide one
    readonly Linear fc, head;
    readonly BatchNorm1d norm3;

    /// <summary>A fresh net.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="shape">Of the images.</param>
    public ClusterNet(RefineOptions options, ImageShape shape) : base(nameof(ClusterNet))
    {
        if (options.Network.Features(shape) is FeatureNet features)
        {
            deep = features;
            fc = nn.Linear(deep.FeatureSize, EmbeddingSize, hasBias: false);
        }
        else
        {
            conv1 = SmallConvnet.First(shape, bias: false);
            norm1 = nn.BatchNorm2d(32);
            conv2 = SmallConvnet.Second(bias: false);
            norm2 = nn.BatchNorm2d(64);
            fc = SmallConvnet.Last(shape, EmbeddingSize, bias: false);
        }
        norm3 = nn.BatchNorm1d(EmbeddingSize);
        head = nn.Linear(EmbeddingSize, options.ClusterCount);
        RegisterComponents();
    }

    /// <summary>Embedding, probabilities and cluster of images [N,C,H,W] with pixels in [0,1].</summary>
    public override ClusterOutput forward(Tensor image)
    {
        (Tensor embedding, Tensor logits) = Logits(image);
        return new ClusterOutput(embedding, logits.softmax(1), logits.argmax(1)); // [N,64], [N,K], [N]
    }

    /// <summary>Embedding [N,64] and the logits of the clusters [N,K].</summary>
    public (Tensor Embedding, Tensor Logits) Logits(Tensor image)
    {
        Tensor x = nn.functional.relu(norm3.call(fc.call(deep?.call(image) ?? Small(image)))); // [N,64]
        return (x, head.call(x)); // [N,64], [N,K]
    }

    /// <summary>Fits the linear layer to K clusters anew.</summary>
    /// <param name="embedding">Embeddings [N,64].</param>
    /// <param name="cluster">The cluster of each, [N], int64.</param>
    public void FitHead(Tensor embedding, Tensor cluster) => ClusterHead.Fit(head, embedding, cluster);

    Tensor Small(Tensor image)
    {
        Tensor x = nn.functional.relu(norm1!.call(conv1!.call(image))); // [N,32,H/2,W/2]
        x = nn.functional.relu(norm2!.call(conv2!.call(x))); // [N,64,H/2,W/2]
        return nn.functional.max_pool2d(x, 2).flatten(1); // [N,F], of 28 x 28 pixels 3,136
    }
}
