using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Layers;

/// <summary>
/// A residual convnet (He et al. 2016, "Deep Residual Learning for Image Recognition") for images of 32 to 128 pixels a side: a 5 x 5
/// convolution of stride 2 to 32 maps, then residual blocks of stride 2 to 64, 128, 128, ... maps until no side is above 4 pixels, with
/// batch normalisation after each convolution. Of 32 x 32 pixels it has two blocks and 128 maps of 4 x 4 at its end.
/// </summary>
sealed class DeepConvnet : FeatureNet
{
    const int FirstCount = 32, MostCount = 128, LastSide = 4;

    readonly Conv2d stem;
    readonly BatchNorm2d norm;
    readonly ModuleList<ResidualBlock> blocks;

    /// <summary>A fresh net for images of a shape.</summary>
    public DeepConvnet(ImageShape shape) : base(nameof(DeepConvnet))
    {
        stem = nn.Conv2d(shape.Channels, FirstCount, 5, stride: 2, padding: 2, bias: false);
        norm = nn.BatchNorm2d(FirstCount);
        blocks = [];
        (int height, int width, int channels) = ((shape.Height + 1) / 2, (shape.Width + 1) / 2, FirstCount);
        while (Math.Max(height, width) > LastSide)
        {
            int wider = Math.Min(MostCount, 2 * channels);
            blocks.Add(new ResidualBlock(channels, wider));
            (height, width, channels) = ((height + 1) / 2, (width + 1) / 2, wider);
        }
        FeatureSize = channels * height * width;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int FeatureSize { get; }

    /// <summary>From images [N,C,H,W] to rows [N,F].</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor x = nn.functional.relu(norm.call(stem.call(image))); // [N,32,H/2,W/2]
        foreach (ResidualBlock block in blocks)
        {
            x = block.call(x);
        } // [N,128,4,4] of images of 32 x 32
        return x.flatten(1); // [N,F]
    }
}

/// <summary>Two 3 x 3 convolutions, the first of stride 2, beside a 1 x 1 convolution of stride 2.</summary>
sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1, conv2, shortcut;
    readonly BatchNorm2d norm1, norm2, norm3;

    /// <summary>A fresh block.</summary>
    public ResidualBlock(int inputs, int outputs) : base(nameof(ResidualBlock))
    {
        conv1 = nn.Conv2d(inputs, outputs, 3, stride: 2, padding: 1, bias: false);
        norm1 = nn.BatchNorm2d(outputs);
        conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false);
        norm2 = nn.BatchNorm2d(outputs);
        shortcut = nn.Conv2d(inputs, outputs, 1, stride: 2, bias: false);
        norm3 = nn.BatchNorm2d(outputs);
        RegisterComponents();
    }

    /// <summary>From [N,C,H,W] to [N,<c>outputs</c>,H/2,W/2], sides halved upwards.</summary>
    public override Tensor forward(Tensor x)
    {
        Tensor y = nn.functional.relu(norm1.call(conv1.call(x))); // [N,C',H/2,W/2]
        return nn.functional.relu(norm2.call(conv2.call(y)) + norm3.call(shortcut.call(x))); // [N,C',H/2,W/2]
    }
}
