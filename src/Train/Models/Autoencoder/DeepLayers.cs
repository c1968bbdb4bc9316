using Toolchain.Data;
using Toolchain.Train.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>The encoding half: 784 - 500 - 500 - 2000 - 10.</summary>
sealed class DeepEncoder : nn.Module<Tensor, Tensor>
{
    readonly Linear hidden1, hidden2, hidden3, code;
    readonly Precision precision;

    /// <summary>A fresh encoder.</summary>
    public DeepEncoder(AutoencoderOptions options, ImageShape shape) : base(nameof(DeepEncoder))
    {
        precision = options.Precision;
        hidden1 = nn.Linear(shape.Size, 500);
        hidden2 = nn.Linear(500, 500);
        hidden3 = nn.Linear(500, 2000);
        code = nn.Linear(2000, options.EmbeddingSize);
        RegisterComponents();
    }

    /// <summary>Encodes images [N,C,H,W], pixels in [0,1], as codes [N,D].</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor x = nn.functional.relu(precision.Apply(hidden1, image.flatten(1))); // [N,500]
        x = nn.functional.relu(precision.Apply(hidden2, x)); // [N,500]
        return code.call(nn.functional.relu(precision.Apply(hidden3, x))); // [N,D]
    }
}

/// <summary>The decoding half.</summary>
sealed class DeepDecoder : nn.Module<Tensor, Tensor>
{
    readonly Linear hidden1, hidden2, hidden3, output;
    readonly Precision precision;
    readonly ImageShape shape;

    /// <summary>A fresh decoder.</summary>
    public DeepDecoder(AutoencoderOptions options, ImageShape shape) : base(nameof(DeepDecoder))
    {
        this.shape = shape;
        precision = options.Precision;
        hidden1 = nn.Linear(options.EmbeddingSize, 2000);
        hidden2 = nn.Linear(2000, 500);
        hidden3 = nn.Linear(500, 500);
        output = nn.Linear(500, shape.Size);
        RegisterComponents();
    }

    /// <summary>Decodes codes [N,D] to images [N,C,H,W], pixels in [0,1].</summary>
    public override Tensor forward(Tensor code)
    {
        Tensor x = nn.functional.relu(precision.Apply(hidden1, code)); // [N,2000]
        x = nn.functional.relu(precision.Apply(hidden2, x)); // [N,500]
        x = nn.functional.relu(precision.Apply(hidden3, x)); // [N,500]
        return sigmoid(precision.Apply(output, x)).view(shape.Axes(-1)); // [N,C,H,W]
    }
}
