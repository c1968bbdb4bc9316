using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.MoCo;

/// <summary>
/// Momentum contrast (He et al. 2020, "Momentum Contrast for Unsupervised Visual Representation Learning"): a query encoder, a key encoder that
/// follows it slowly, and a queue of the latest keys as a dictionary of other images.
/// </summary>
public sealed class MoCo : nn.Module
{
    readonly MoCoEncoder query, key;
    readonly Tensor queue; // [Q,D], a buffer: it is saved with the weights

    /// <summary>Both encoders start equal; the queue starts empty (zero) and is filled before the first loss.</summary>
    public MoCo(MoCoOptions options) : base(nameof(MoCo))
    {
        query = new MoCoEncoder(options.EmbeddingSize);
        key = new MoCoEncoder(options.EmbeddingSize);
        queue = zeros(options.QueueLength, options.EmbeddingSize);
        RegisterComponents();
        key.load_state_dict(query.state_dict());
        foreach (Parameter parameter in key.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>The encoder that learns by gradient, and that is exported.</summary>
    public MoCoEncoder Query => query;

    /// <summary>Keys of the latest images, [Q,D].</summary>
    public Tensor Queue => queue;

    /// <summary>Embeds <paramref name="images"/> by the key encoder, without gradient.</summary>
    public Tensor Keys(Tensor images)
    {
        using (no_grad())
        {
            return key.call(images); // [N,D]
        }
    }

    /// <summary>Equation 2: every weight of the key encoder moves by (1 - m) of its distance to the query encoder's.</summary>
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
    /// Overwrites the oldest keys by <paramref name="keys"/> [N,D]. The place follows from the number of batches so far; the queue length is
    /// a multiple of N, so no batch wraps around.
    /// </summary>
    public void Enqueue(Tensor keys, long batchNumber)
    {
        using (no_grad())
        {
            long size = keys.shape[0], start = batchNumber * size % queue.shape[0];
            queue.narrow(0, start, size).copy_(keys);
        }
    }
}

/// <summary>The poster's small convnet: two convolutions, one pool, one linear layer; unit-length embeddings.</summary>
public sealed class MoCoEncoder : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1, conv2;
    readonly Linear fc;

    /// <summary>An encoder to <paramref name="embeddingSize"/> numbers.</summary>
    public MoCoEncoder(int embeddingSize) : base(nameof(MoCoEncoder))
    {
        conv1 = nn.Conv2d(1, 32, 5, stride: 2, padding: 2);
        conv2 = nn.Conv2d(32, 64, 3, padding: 1);
        fc = nn.Linear(64 * 7 * 7, embeddingSize);
        RegisterComponents();
    }

    /// <summary>Embeds images [N,1,28,28] with pixels in [0,1] as unit rows [N,D].</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor x = nn.functional.relu(conv1.call(image)); // [N,32,14,14]
        x = nn.functional.relu(conv2.call(x)); // [N,64,14,14]
        x = nn.functional.max_pool2d(x, 2); // [N,64,7,7]
        x = fc.call(x.flatten(1)); // [N,D]
        // Without the usual floor under the norm, which OpenCV 4.6 cannot read: a row of zeros does not occur, since the layers have biases.
        return x / x.norm(1, keepdim: true, 2);
    }
}
