using Toolchain.Train.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Refine;

/// <summary>
/// Several given encoders as one teacher: their embeddings side by side and a linear layer that names the clusters of these. It says of
/// any view what it is (function matching: Beyer et al. 2022, section 2.1); the layer is saved with the weights.
/// </summary>
sealed class JointTeacher : nn.Module
{
    readonly Linear head;
    readonly Lazy<ITrainedEncoder[]> encoders;

    /// <summary>A teacher that knows nothing yet.</summary>
    /// <param name="encoders">The given encoders.</param>
    /// <param name="embeddingSize">Elements of their embeddings together (D).</param>
    /// <param name="clusterCount">Number of clusters (K).</param>
    public JointTeacher(Lazy<ITrainedEncoder[]> encoders, long embeddingSize, int clusterCount) : base(nameof(JointTeacher))
    {
        this.encoders = encoders;
        head = nn.Linear(embeddingSize, clusterCount);
        RegisterComponents();
    }

    /// <summary>The embeddings of all training images side by side, [N,D].</summary>
    public Tensor EmbedAll() => Join(encoder => encoder.EmbedAll());

    /// <summary>Learns to name the clusters [N], int64, of embeddings [N,D].</summary>
    public void Fit(Tensor embeddings, Tensor clusters) => ClusterHead.Fit(head, embeddings, clusters);

    /// <summary>The probability of each cluster for each of the views [N,C,H,W], [N,K], without gradient.</summary>
    public Tensor Name(Tensor views)
    {
        using (no_grad())
        {
            return head.call(Join(encoder => encoder.Embed(views))).softmax(1);
        }
    }

    // Each encoder's embeddings have the same length, so that none outweighs the others; elements are about 1.
    Tensor Join(Func<ITrainedEncoder, Tensor> embed) => cat([.. encoders.Value.Select(encoder =>
    {
        Tensor embedding = embed(encoder);
        return nn.functional.normalize(embedding, dim: 1) * Math.Sqrt(embedding.shape[1]);
    })], 1);
}
