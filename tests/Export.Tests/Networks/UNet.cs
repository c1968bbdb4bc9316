using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests.Networks;

/// <summary>
/// A U-Net (Ronneberger et al. 2015): down by pools, up by interpolation or transposed convolution, with what was passed over on the way.
/// </summary>
sealed class UNet : nn.Module<Tensor, Tensor>
{
    readonly ModuleDict<nn.Module<Tensor, Tensor>> down = new(), up = new();
    readonly Sequential bottom;
    readonly ConvTranspose2d widen;
    readonly Conv2d head;

    public UNet(long width = 4, long classes = 3) : base(nameof(UNet))
    {
        down.Add("fine", Double(1, width));
        down.Add("coarse", Double(width, 2 * width));
        bottom = Double(2 * width, 4 * width);
        widen = nn.ConvTranspose2d(4 * width, 2 * width, 2, stride: 2);
        up.Add("coarse", Double(4 * width, 2 * width));
        up.Add("fine", Double(3 * width, width));
        head = nn.Conv2d(width, classes, 1);
        RegisterComponents();
        eval();
    }

    static Sequential Double(long from, long to) =>
        nn.Sequential(nn.Conv2d(from, to, 3, padding: 1), nn.BatchNorm2d(to), nn.ReLU(inplace: true), nn.Conv2d(to, to, 3, padding: 1),
        nn.GroupNorm(2, to), nn.LeakyReLU(0.1));

    public override Tensor forward(Tensor image) // [N,1,H,W], H and W multiples of 4
    {
        Tensor fine = down["fine"].call(image); // [N,C,H,W]
        Tensor coarse = down["coarse"].call(F.max_pool2d(fine, 2)); // [N,2C,H/2,W/2]
        Tensor x = bottom.call(F.avg_pool2d(coarse, 2)); // [N,4C,H/4,W/4]
        x = up["coarse"].call(cat([widen.call(x), coarse], 1)); // [N,2C,H/2,W/2]
        x = F.interpolate(x, [fine.shape[2], fine.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false); // [N,2C,H,W]
        return F.log_softmax(head.call(up["fine"].call(cat([x, fine], 1))), 1); // [N,K,H,W]
    }
}
