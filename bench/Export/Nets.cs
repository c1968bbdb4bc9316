using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Toolchain.Export.Bench;

/// <summary>A network of the bench: how it is made, an example of its input, and the axes of that input.</summary>
sealed record BenchNet(string Name, Func<Module<Tensor, Tensor>> Make, Func<Tensor> Example, Axis[] Axes);

/// <summary>The networks whose export is measured, by name.</summary>
static class Nets
{
    static readonly Axis[] batch = [Axis.Batch(), 3, 224, 224], free = [Axis.Batch(), 3, Axis.Named("H"), Axis.Named("W")];

    // Layers of VGG (Simonyan and Zisserman, 2014, table 1, columns A and D): channels of a 3x3 convolution, or 0 for a pool.
    static readonly int[] a = [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0],
        d = [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0];

    public static readonly BenchNet[] All =
    [
        new("resnet50", () => new ResNet50(), () => rand(2, 3, 224, 224), batch),
        new("resnet50-free", () => new ResNet50(), () => rand(2, 3, 224, 224), free),
        new("vgg11", () => Vgg(a), () => rand(1, 3, 224, 224), batch),
        new("vgg11-free", () => Vgg(a), () => rand(1, 3, 224, 224), free),
        new("vgg16-free", () => Vgg(d), () => rand(1, 3, 224, 224), free),
        // The encoder of moco (src/Train/Models/MoCo/MoCoEncoder.cs).
        new("small-convnet", () => Sequential(Conv2d(1, 32, 5, stride: 2, padding: 2), ReLU(), Conv2d(32, 64, 3, padding: 1), MaxPool2d(2),
            ReLU(), Flatten(), Linear(3136, 64)), () => rand(64, 1, 28, 28), [Axis.Batch(), 1, 28, 28]),
        // What any export costs.
        new("small", () => Sequential(Linear(64, 64), ReLU()), () => rand(2, 64), [Axis.Batch(), 64]),
        // 12 layers of width 768, as in BERT-base and ViT-B.
        new("transformer", Transformer, () => rand(2, 64, 768), [Axis.Batch(), Axis.Named("L"), 768]),
        // 9 matrices of 8192 x 8192: 2.4 GB.
        new("large", () => Sequential([.. Enumerable.Range(0, 9).Select(i => ($"{i}", (Module<Tensor, Tensor>)Linear(8192, 8192)))]),
            () => rand(2, 8192), [Axis.Batch(), 8192]),
        // One tensor of 2.3 GB.
        new("matrix", () => Linear(24_000, 24_000), () => rand(2, 24_000), [Axis.Batch(), 24_000]),
        new("matrix-sequence", () => Linear(24_000, 24_000), () => rand(2, 3, 24_000), [Axis.Batch(), Axis.Named("L"), 24_000]),
    ];

    static Sequential Vgg(int[] layers)
    {
        var parts = new List<Module<Tensor, Tensor>>();
        int channels = 3;
        foreach (int width in layers)
        {
            parts.AddRange(width == 0 ? [MaxPool2d(2, 2)] : [Conv2d(channels, width, 3, padding: 1), ReLU(inplace: true)]);
            channels = width == 0 ? channels : width;
        }
        return Sequential([.. parts, AdaptiveAvgPool2d(7), Flatten(), Linear(512 * 49, 4096), ReLU(inplace: true), Dropout(),
            Linear(4096, 4096), ReLU(inplace: true), Dropout(), Linear(4096, 1000)]);
    }

    static Encoder Transformer() => new(TransformerEncoder(TransformerEncoderLayer(768, 12, 3072), 12));

    // TorchSharp's encoder takes [L,N,E] and two masks.
    sealed class Encoder : Module<Tensor, Tensor>
    {
        readonly TransformerEncoder body;

        public Encoder(TransformerEncoder body) : base(nameof(Encoder))
        {
            this.body = body;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => body.call(x.transpose(0, 1), null, null).transpose(0, 1); // [N,L,E] -> [N,L,E]
    }
}
