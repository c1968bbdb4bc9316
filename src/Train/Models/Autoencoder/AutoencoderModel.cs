using Toolchain.Data;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>
/// The poster's autoencoder (Hinton and Salakhutdinov 2006, "Reducing the Dimensionality of Data with Neural Networks"): 784 - 128 - 12 -
/// 128 - 784 with ReLU between layers and a sigmoid at the end, where the poster's code had a tanh that wastes half its range. Or one of
/// convolutions, for larger images.
/// </summary>
sealed class AutoencoderModel : nn.Module<Tensor, Tensor>
{
    readonly nn.Module<Tensor, Tensor> encoder, decoder;

    /// <summary>A fresh autoencoder.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="shape">Of the images.</param>
    public AutoencoderModel(AutoencoderOptions options, ImageShape shape) : base(nameof(AutoencoderModel))
    {
        bool hasConvolutions = options.HasConvolutions(shape);
        encoder = hasConvolutions ? new ConvolutionalEncoder(options, shape) : new AutoencoderEncoder(options, shape);
        decoder = hasConvolutions ? new ConvolutionalDecoder(options, shape) : new AutoencoderDecoder(options, shape);
        RegisterComponents();
    }

    /// <summary>The half from image to code.</summary>
    public nn.Module<Tensor, Tensor> Encoder => encoder;

    /// <summary>The half from code to image.</summary>
    public nn.Module<Tensor, Tensor> Decoder => decoder;

    /// <summary>Reconstructs images [N,C,H,W], pixels in [0,1].</summary>
    public override Tensor forward(Tensor image) => decoder.call(encoder.call(image));
}
