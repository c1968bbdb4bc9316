using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>
/// The poster's autoencoder (Hinton and Salakhutdinov 2006, "Reducing the Dimensionality of Data with Neural Networks"): 784 - 128 - 12 -
/// 128 - 784 with ReLU between layers and a sigmoid at the end, where the poster's code had a tanh that wastes half its range.
/// </summary>
sealed class AutoencoderModel : nn.Module<Tensor, Tensor>
{
    readonly AutoencoderEncoder encoder;
    readonly AutoencoderDecoder decoder;

    /// <summary>A fresh autoencoder.</summary>
    public AutoencoderModel(AutoencoderOptions options) : base(nameof(AutoencoderModel))
    {
        encoder = new AutoencoderEncoder(options);
        decoder = new AutoencoderDecoder(options);
        RegisterComponents();
    }

    /// <summary>The half from image to code.</summary>
    public AutoencoderEncoder Encoder => encoder;

    /// <summary>The half from code to image.</summary>
    public AutoencoderDecoder Decoder => decoder;

    /// <summary>Reconstructs images [N,1,28,28], pixels in [0,1].</summary>
    public override Tensor forward(Tensor image) => decoder.call(encoder.call(image));
}

/// <summary>The encoding half: 784 - 128 - 12.</summary>
sealed class AutoencoderEncoder : nn.Module<Tensor, Tensor>
{
    readonly Linear hidden, code;

    /// <summary>A fresh encoder.</summary>
    public AutoencoderEncoder(AutoencoderOptions options) : base(nameof(AutoencoderEncoder))
    {
        hidden = nn.Linear(784, options.HiddenSize);
        code = nn.Linear(options.HiddenSize, options.EmbeddingSize);
        RegisterComponents();
    }

    /// <summary>Encodes images [N,1,28,28], pixels in [0,1], as codes [N,D].</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor x = nn.functional.relu(hidden.call(image.flatten(1))); // [N,H]
        return code.call(x); // [N,D]
    }
}

/// <summary>The decoding half: 12 - 128 - 784.</summary>
sealed class AutoencoderDecoder : nn.Module<Tensor, Tensor>
{
    readonly Linear hidden, output;

    /// <summary>A fresh decoder.</summary>
    public AutoencoderDecoder(AutoencoderOptions options) : base(nameof(AutoencoderDecoder))
    {
        hidden = nn.Linear(options.EmbeddingSize, options.HiddenSize);
        output = nn.Linear(options.HiddenSize, 784);
        RegisterComponents();
    }

    /// <summary>Decodes codes [N,D] to images [N,1,28,28], pixels in [0,1].</summary>
    public override Tensor forward(Tensor code)
    {
        Tensor x = nn.functional.relu(hidden.call(code)); // [N,H]
        return sigmoid(output.call(x)).view(-1, 1, 28, 28); // [N,1,28,28]
    }
}
