using static TorchSharp.torch;

namespace Toolchain.Train.Core;

/// <summary>The encoder of an earlier run, for methods that start from another's embeddings.</summary>
interface ITrainedEncoder : IDisposable
{
    /// <summary>Embeddings of images [N,C,H,W], [N,D], without gradient.</summary>
    Tensor Embed(Tensor images);

    /// <summary>Embeddings of all training images, in order, [N,D].</summary>
    Tensor EmbedAll();
}
