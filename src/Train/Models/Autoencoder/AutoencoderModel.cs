using Toolchain.Data;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>
/// The poster's autoencoder (Hinton and Salakhutdinov 2006, "Reducing the Dimensionality of Data with Neural Networks"): 784 - 128 - 12 -
/// 128 - 784 with ReLU between layers and a sigmoid at the end, where the poster's code had a tanh that wastes half its range. Or a deeper
/// one, or one of convolutions, for larger images.
/// </summary>
sealed class AutoencoderModel : nn.Module<Tensor, Tensor>
{
    readonly nn.Module<Tensor, Tensor> encoder, decoder;
    readonly CodeClusters? clusters;
    readonly Tensor? target; // [N,K], of the training images

    /// <summary>A fresh autoencoder.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="shape">Of the images.</param>
    /// <param name="imageCount">Number of training images, which a clustering phase keeps a distribution of each for.</param>
    public AutoencoderModel(AutoencoderOptions options, ImageShape shape, int imageCount = 1) : base(nameof(AutoencoderModel))
    {
        bool isDeep = options.Network == AutoencoderNetwork.Deep, hasConvolutions = options.HasConvolutions(shape);
        encoder = isDeep ? new DeepEncoder(options, shape)
            : hasConvolutions ? new ConvolutionalEncoder(options, shape) : new AutoencoderEncoder(options, shape);
        decoder = isDeep ? new DeepDecoder(options, shape)
            : hasConvolutions ? new ConvolutionalDecoder(options, shape) : new AutoencoderDecoder(options, shape);
        if (options.ClusterSteps > 0)
        {
            clusters = new CodeClusters(encoder, options);
            target = zeros(imageCount, options.ClusterCount);
        }
        RegisterComponents();
    }

    /// <summary>The half from image to code.</summary>
    public nn.Module<Tensor, Tensor> Encoder => encoder;

    /// <summary>The half from code to image.</summary>
    public nn.Module<Tensor, Tensor> Decoder => decoder;

    /// <summary>The encoder with clusters of its codes; null without a clustering phase.</summary>
    public CodeClusters? Clusters => clusters;

    /// <summary>The target distribution of every training image, [N,K]; null without a clustering phase.</summary>
    public Tensor? Target => target;

    /// <summary>Reconstructs images [N,C,H,W], pixels in [0,1].</summary>
    public override Tensor forward(Tensor image) => decoder.call(encoder.call(image));
}
