using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>The encoding half: 784 - 128 - 12.</summary>
sealed class AutoencoderEncoder : nn.Module<Tensor, Tensor>
{
    readonly Linear hidden, code;

    /// <summary>A fresh encoder.</summary>
    public AutoencoderEncoder(AutoencoderOptions options, ImageShape shape) : base(nameof(AutoencoderEncoder))
    {
        hidden = nn.Linear(shape.Size, options.HiddenSize);
        code = nn.Linear(options.HiddenSize, options.EmbeddingSize);
        RegisterComponents();
    }

    /// <summary>Encodes images [N,C,H,W], pixels in [0,1], as codes [N,D].</summary>
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
    readonly ImageShape shape;

    /// <summary>A fresh decoder.</summary>
    public AutoencoderDecoder(AutoencoderOptions options, ImageShape shape) : base(nameof(AutoencoderDecoder))
    {
        this.shape = shape;
        hidden = nn.Linear(options.EmbeddingSize, options.HiddenSize);
        output = nn.Linear(options.HiddenSize, shape.Size);
        RegisterComponents();
    }

    /// <summary>Decodes codes [N,D] to images [N,C,H,W], pixels in [0,1].</summary>
    public override Tensor forward(Tensor code)
    {
        Tensor x = nn.functional.relu(hidden.call(code)); // [N,H]
        return sigmoid(output.call(x)).view(shape.Axes(-1)); // [N,C,H,W]
    }
}
