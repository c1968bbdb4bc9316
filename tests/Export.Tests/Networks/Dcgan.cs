using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Networks;

/// <summary>The generator of a DCGAN (Radford et al. 2016): latents [N,Z] to images [N,1,28,28].</summary>
sealed class DcganGenerator : nn.Module<Tensor, Tensor>
{
    readonly long latent;
    readonly Sequential main;

    public DcganGenerator(long latent = 8, long width = 4) : base(nameof(DcganGenerator))
    {
        this.latent = latent;
        main = nn.Sequential(
            nn.ConvTranspose2d(latent, 4 * width, 7, bias: false), nn.BatchNorm2d(4 * width), nn.ReLU(inplace: true), // [N,4C,7,7]
                                                                                                                      // [N,2C,14,14]
            nn.ConvTranspose2d(4 * width, 2 * width, 4, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(2 * width),
                nn.ReLU(inplace: true),
            nn.ConvTranspose2d(2 * width, 1, 3, stride: 2, padding: 1, output_padding: 1), nn.Tanh()); // [N,1,28,28]
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor z) => main.call(z.view(-1, latent, 1, 1));
}

/// <summary>The discriminator: images [N,1,28,28] to scores [N,1].</summary>
sealed class DcganDiscriminator : nn.Module<Tensor, Tensor>
{
    readonly Sequential main;

    public DcganDiscriminator(long width = 4) : base(nameof(DcganDiscriminator))
    {
        main = nn.Sequential(
            nn.Conv2d(1, width, 4, stride: 2, padding: 1), nn.LeakyReLU(0.2, inplace: true), // [N,C,14,14]
                                                                                             // [N,2C,7,7]
            nn.Conv2d(width, 2 * width, 4, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2, inplace: true),
            nn.Dropout2d(), nn.Conv2d(2 * width, 1, 7), nn.Sigmoid()); // [N,1,1,1]
        RegisterComponents();
        eval();
    }

    public override Tensor forward(Tensor image) => main.call(image).flatten(1);
}
