using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Toolchain.Export.Bench;

/// <summary>
/// ResNet-50 (He et al., 2015, table 1) in plain TorchSharp: 50 layers, 25.6 M parameters; stride in the 3x3 convolution, as torchvision
/// has it.
/// </summary>
sealed class ResNet50 : Module<Tensor, Tensor>
{
    readonly Sequential stem, body;
    readonly Linear head = Linear(2048, 1000);

    public ResNet50() : base(nameof(ResNet50))
    {
        stem = Sequential(("conv", Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false)), ("bn", BatchNorm2d(64)),
            ("act", ReLU(inplace: true)), ("pool", MaxPool2d(3, 2, 1)));
        body = Sequential(Stage(64, 64, 3, 1).Concat(Stage(256, 128, 4, 2)).Concat(Stage(512, 256, 6, 2)).Concat(Stage(1024, 512, 3, 2))
            .ToArray());
        RegisterComponents();
    }

    public override Tensor forward(Tensor image) => head.call(body.call(stem.call(image)).mean([2, 3])); // [N,3,H,W] -> [N,1000]

    static IEnumerable<Module<Tensor, Tensor>> Stage(int channels, int width, int blocks, int stride) =>
        Enumerable.Range(0, blocks).Select(i => new Bottleneck(i == 0 ? channels : 4 * width, width, i == 0 ? stride : 1));

    sealed class Bottleneck : Module<Tensor, Tensor>
    {
        readonly Sequential main;
        readonly Sequential? shortcut;

        public Bottleneck(int channels, int width, int stride) : base(nameof(Bottleneck))
        {
            main = Sequential(
                Conv2d(channels, width, 1, bias: false), BatchNorm2d(width), ReLU(inplace: true),
                Conv2d(width, width, 3, stride: stride, padding: 1, bias: false), BatchNorm2d(width), ReLU(inplace: true),
                Conv2d(width, 4 * width, 1, bias: false), BatchNorm2d(4 * width));
            shortcut = channels == 4 * width && stride == 1 ? null
                : Sequential(Conv2d(channels, 4 * width, 1, stride: stride, bias: false), BatchNorm2d(4 * width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => functional.relu(main.call(x) + (shortcut?.call(x) ?? x));
    }
}
