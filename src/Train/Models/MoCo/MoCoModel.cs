using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.MoCo;

/// <summary>
/// Momentum contrast (He et al. 2020, "Momentum Contrast for Unsupervised Visual Representation Learning"): a query encoder, a key encoder
/// that follows it slowly, and a queue of the latest keys as a dictionary of other images.
/// </summary>
sealed class MoCoModel : nn.Module
{
    readonly MoCoBranch query, key;
    readonly Tensor queue; // [Q,P], a buffer: it is saved with the weights

    /// <summary>Both branches start equal; the queue starts empty (zero) and is filled before the first loss.</summary>
    public MoCoModel(MoCoOptions options, ImageShape shape) : base(nameof(MoCoModel))
    {
        query = new MoCoBranch(options, shape);
        key = new MoCoBranch(options, shape);
        queue = zeros(options.QueueLength, options.ProjectionSize > 0 ? options.ProjectionSize : options.EmbeddingSize);
        RegisterComponents();
        key.load_state_dict(query.state_dict());
        foreach (Parameter parameter in key.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>The branch that learns by gradient; its encoder is exported.</summary>
    public MoCoBranch Query => query;

    /// <summary>Keys of the latest images, [Q,P].</summary>
    public Tensor Queue => queue;

    /// <summary>Keys of <paramref name="images"/>, [N,P], without gradient.</summary>
    public Tensor Keys(Tensor images)
    {
        using (no_grad())
        {
            return key.call(images); // [N,P]
        }
    }

    /// <summary>Equation 2: every weight of the key branch moves by (1 - m) of its distance to the query branch's.</summary>
    public void FollowQuery(double momentum)
    {
        using (no_grad())
        {
            foreach ((Parameter own, Parameter other) in key.parameters().Zip(query.parameters()))
            {
                own.mul_(momentum).add_(other, alpha: 1 - momentum);
            }
        }
    }

    /// <summary>
    /// Overwrites the oldest keys by <paramref name="keys"/> [N,P]. The place follows from the number of batches so far; the queue length
    /// is a multiple of N, so no batch wraps around, or a divisor of N: then it holds the last keys of the batch.
    /// </summary>
    public void Enqueue(Tensor keys, long batchNumber)
    {
        using (no_grad())
        {
            long size = Math.Min(keys.shape[0], queue.shape[0]), start = batchNumber * size % queue.shape[0];
            queue.narrow(0, start, size).copy_(keys.narrow(0, keys.shape[0] - size, size));
        }
    }
}

/// <summary>
/// Encoder and, where asked for, a projector that takes part in the loss alone (Chen et al. 2020, "Improved Baselines with Momentum
/// Contrastive Learning").
/// </summary>
sealed class MoCoBranch : nn.Module<Tensor, Tensor>
{
    readonly MoCoEncoder encoder;
    readonly Sequential? projector;

    /// <summary>A branch of the shapes in <paramref name="options"/>.</summary>
    public MoCoBranch(MoCoOptions options, ImageShape shape) : base(nameof(MoCoBranch))
    {
        encoder = new MoCoEncoder(options, shape);
        if (options.ProjectionSize > 0)
        {
            projector = nn.Sequential(nn.Linear(options.EmbeddingSize, 2 * options.ProjectionSize), nn.ReLU(),
                nn.Linear(2 * options.ProjectionSize, options.ProjectionSize));
        }
        RegisterComponents();
    }

    /// <summary>What is exported.</summary>
    public MoCoEncoder Encoder => encoder;

    /// <summary>Images [N,C,H,W] as unit rows [N,P]: the embedding, or its projection.</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor embedding = encoder.call(image).Embedding; // [N,D]
        return projector is null ? embedding : MoCoEncoder.UnitLength(projector.call(embedding)); // [N,P]
    }
}
