using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests.Networks;

/// <summary>A residual net (He et al. 2016) of basic or bottleneck blocks, as one writes it in TorchSharp.</summary>
sealed class ResNet : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1;
    readonly BatchNorm2d bn1;
    readonly ModuleList<Sequential> stages = [];
    readonly Linear fc;

    public ResNet(bool bottleneck, int[] blocks, int width = 64, int classes = 1000) : base(nameof(ResNet))
    {
        conv1 = nn.Conv2d(3, width, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(width);
        int channels = width, expansion = bottleneck ? 4 : 1;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            var modules = new List<nn.Module<Tensor, Tensor>>();
            for (int block = 0; block < blocks[stage]; block++)
            {
                int inner = width << stage, stride = stage > 0 && block == 0 ? 2 : 1;
                modules.Add(bottleneck ? new Bottleneck(channels, inner, stride) : new BasicBlock(channels, inner, stride));
                channels = inner * expansion;
            }
            stages.Add(nn.Sequential(modules));
        }
        fc = nn.Linear(channels, classes);
        RegisterComponents();
        eval();
    }

    /// <summary>ResNet-50: 25.6 million parameters on images [N,3,224,224].</summary>
    public static ResNet Fifty() => new(bottleneck: true, [3, 4, 6, 3]);

    public override Tensor forward(Tensor image) // [N,3,H,W]
    {
        Tensor x = F.max_pool2d(F.relu(bn1.call(conv1.call(image))), 3, 2, 1);
        foreach (Sequential stage in stages)
        {
            x = stage.call(x);
        }
        x = F.adaptive_avg_pool2d(x, [1, 1]).flatten(1); // [N,C]
        return fc.call(x);
    }
}

/// <summary>Two convolutions beside a shortcut.</summary>
sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1, conv2;
    readonly BatchNorm2d bn1, bn2;
    readonly Sequential? downsample;

    public BasicBlock(long channels, long inner, long stride) : base(nameof(BasicBlock))
    {
        conv1 = nn.Conv2d(channels, inner, 3, stride: stride, padding: 1, bias: false);
        conv2 = nn.Conv2d(inner, inner, 3, padding: 1, bias: false);
        (bn1, bn2) = (nn.BatchNorm2d(inner), nn.BatchNorm2d(inner));
        downsample = stride == 1 && channels == inner ? null
            : nn.Sequential(nn.Conv2d(channels, inner, 1, stride: stride, bias: false), nn.BatchNorm2d(inner));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        Tensor y = bn2.call(conv2.call(bn1.call(conv1.call(x)).relu_()));
        y.add_(downsample?.call(x) ?? x);
        return y.relu_();
    }
}

/// <summary>Three convolutions, the middle one narrow, beside a shortcut.</summary>
sealed class Bottleneck : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1, conv2, conv3;
    readonly BatchNorm2d bn1, bn2, bn3;
    readonly Sequential? downsample;

    public Bottleneck(long channels, long inner, long stride) : base(nameof(Bottleneck))
    {
        conv1 = nn.Conv2d(channels, inner, 1, bias: false);
        conv2 = nn.Conv2d(inner, inner, 3, stride: stride, padding: 1, bias: false);
        conv3 = nn.Conv2d(inner, inner * 4, 1, bias: false);
        (bn1, bn2, bn3) = (nn.BatchNorm2d(inner), nn.BatchNorm2d(inner), nn.BatchNorm2d(inner * 4));
        downsample = stride == 1 && channels == inner * 4 ? null
            : nn.Sequential(nn.Conv2d(channels, inner * 4, 1, stride: stride, bias: false), nn.BatchNorm2d(inner * 4));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        Tensor y = F.relu(bn1.call(conv1.call(x)));
        y = F.relu(bn2.call(conv2.call(y)));
        return F.relu(bn3.call(conv3.call(y)) + (downsample?.call(x) ?? x));
    }
}
