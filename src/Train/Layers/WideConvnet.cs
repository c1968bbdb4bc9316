using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Layers;

/// <summary>
/// Four convolutions that keep a digit's size for longer than <see cref="DeepConvnet"/> does: 5 x 5 of stride 2 to 32 maps, 3 x 3 to 64 and
/// to 96, a pool, 3 x 3 to 128, with batch normalisation after each, and means over 3 x 3 places. Three times the work of the deep one.
/// </summary>
sealed class WideConvnet : FeatureNet
{
    readonly ModuleList<Conv2d> convolutions;
    readonly ModuleList<BatchNorm2d> norms;
    readonly int window; // side of the means

    /// <summary>A fresh net for images of a shape.</summary>
    public WideConvnet(ImageShape shape) : base(nameof(WideConvnet))
    {
        convolutions =
        [
            nn.Conv2d(shape.Channels, 32, 5, stride: 2, padding: 2, bias: false),
            nn.Conv2d(32, 64, 3, padding: 1, bias: false),
            nn.Conv2d(64, 96, 3, padding: 1, bias: false),
            nn.Conv2d(96, 128, 3, padding: 1, bias: false),
        ];
        norms = [nn.BatchNorm2d(32), nn.BatchNorm2d(64), nn.BatchNorm2d(96), nn.BatchNorm2d(128)];
        (int height, int width) = ((shape.Height + 1) / 2 / 2, (shape.Width + 1) / 2 / 2);
        window = Math.Min(3, Math.Min(height, width));
        FeatureSize = 128 * (height / window) * (width / window);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int FeatureSize { get; }

    /// <summary>From images [N,C,H,W] to rows [N,F]; of MNIST's 512.</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor x = Layer(2, Layer(1, Layer(0, image))); // [N,96,H/2,W/2]
        x = Layer(3, nn.functional.max_pool2d(x, 2)); // [N,128,H/4,W/4]
        return nn.functional.avg_pool2d(x, window).flatten(1); // [N,F]
    }

    Tensor Layer(int number, Tensor x) => nn.functional.relu(norms[number].call(convolutions[number].call(x)));
}
