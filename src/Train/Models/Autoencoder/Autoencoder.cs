using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>
/// The poster's autoencoder (Hinton and Salakhutdinov 2006, "Reducing the Dimensionality of Data with Neural Networks"): 784 - 128 - 12 - 128 - 784
/// with ReLU between layers and a sigmoid at the end, where the poster's code had a tanh that wastes half its range.
/// </summary>
public sealed class Autoencoder : nn.Module<Tensor, Tensor>
{
    readonly AutoencoderEncoder encoder;
    readonly Linear hidden, output;

    /// <summary>A fresh autoencoder.</summary>
    public Autoencoder(AutoencoderOptions options) : base(nameof(Autoencoder))
    {
        encoder = new AutoencoderEncoder(options);
        hidden = nn.Linear(options.EmbeddingSize, options.HiddenSize);
        output = nn.Linear(options.HiddenSize, 784);
        RegisterComponents();
    }

    /// <summary>The half that is exported.</summary>
    public AutoencoderEncoder Encoder => encoder;

    /// <summary>Reconstructs images [N,1,28,28], pixels in [0,1].</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor code = encoder.call(image); // [N,D]
        Tensor x = nn.functional.relu(hidden.call(code)); // [N,H]
        return sigmoid(output.call(x)).view(-1, 1, 28, 28); // [N,1,28,28]
    }
}

/// <summary>The encoding half: 784 - 128 - 12.</summary>
public sealed class AutoencoderEncoder : nn.Module<Tensor, Tensor>
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
