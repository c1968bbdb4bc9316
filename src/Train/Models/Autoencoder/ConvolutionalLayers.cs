using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Autoencoder;

/// <summary>Maps of the convolutional halves: three layers of stride 2 between the images and maps of an eighth of their sides.</summary>
/// <param name="Height">Rows of the smallest maps, rounded up.</param>
/// <param name="Width">Columns of the smallest maps, rounded up.</param>
readonly record struct SmallestMaps(int Height, int Width)
{
    /// <summary>Numbers of maps from the image's side to the code's.</summary>
    public static IReadOnlyList<int> Counts { get; } = [16, 32, 64];

    /// <summary>Elements of all maps.</summary>
    public int Size => Counts[^1] * Height * Width;

    /// <summary>Those of images of a shape.</summary>
    public static SmallestMaps Of(ImageShape shape) => new((shape.Height + 7) / 8, (shape.Width + 7) / 8);
}

/// <summary>The encoding half: 3 x 3 convolutions of stride 2 to 16, 32 and 64 maps, then linear to the code.</summary>
sealed class ConvolutionalEncoder : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1, conv2, conv3;
    readonly Linear code;

    /// <summary>A fresh encoder.</summary>
    public ConvolutionalEncoder(AutoencoderOptions options, ImageShape shape) : base(nameof(ConvolutionalEncoder))
    {
        conv1 = nn.Conv2d(shape.Channels, SmallestMaps.Counts[0], 3, stride: 2, padding: 1);
        conv2 = nn.Conv2d(SmallestMaps.Counts[0], SmallestMaps.Counts[1], 3, stride: 2, padding: 1);
        conv3 = nn.Conv2d(SmallestMaps.Counts[1], SmallestMaps.Counts[2], 3, stride: 2, padding: 1);
        code = nn.Linear(SmallestMaps.Of(shape).Size, options.EmbeddingSize);
        RegisterComponents();
    }

    /// <summary>Encodes images [N,C,H,W], pixels in [0,1], as codes [N,D].</summary>
    public override Tensor forward(Tensor image)
    {
        Tensor x = nn.functional.relu(conv1.call(image)); // [N,16,H/2,W/2]
        x = nn.functional.relu(conv2.call(x)); // [N,32,H/4,W/4]
        return code.call(nn.functional.relu(conv3.call(x)).flatten(1)); // [N,D]
    }
}

/// <summary>The decoding half: linear to 64 maps, then 4 x 4 transposed convolutions of stride 2; what is beyond the image is
/// cut.</summary>
sealed class ConvolutionalDecoder : nn.Module<Tensor, Tensor>
{
    readonly Linear maps;
    readonly ConvTranspose2d conv1, conv2, conv3;
    readonly ImageShape shape;

    /// <summary>A fresh decoder.</summary>
    public ConvolutionalDecoder(AutoencoderOptions options, ImageShape shape) : base(nameof(ConvolutionalDecoder))
    {
        this.shape = shape;
        maps = nn.Linear(options.EmbeddingSize, SmallestMaps.Of(shape).Size);
        conv1 = nn.ConvTranspose2d(SmallestMaps.Counts[2], SmallestMaps.Counts[1], 4, stride: 2, padding: 1);
        conv2 = nn.ConvTranspose2d(SmallestMaps.Counts[1], SmallestMaps.Counts[0], 4, stride: 2, padding: 1);
        conv3 = nn.ConvTranspose2d(SmallestMaps.Counts[0], shape.Channels, 4, stride: 2, padding: 1);
        RegisterComponents();
    }

    /// <summary>Decodes codes [N,D] to images [N,C,H,W], pixels in [0,1].</summary>
    public override Tensor forward(Tensor code)
    {
        var smallest = SmallestMaps.Of(shape);
        Tensor x = nn.functional.relu(maps.call(code)).view(-1, SmallestMaps.Counts[2], smallest.Height, smallest.Width); // [N,64,H/8,W/8]
        x = nn.functional.relu(conv1.call(x)); // [N,32,H/4,W/4]
        x = sigmoid(conv3.call(nn.functional.relu(conv2.call(x)))); // [N,C,H..,W..]: sides rounded up to multiples of 8
        return x.narrow(2, 0, shape.Height).narrow(3, 0, shape.Width); // [N,C,H,W]
    }
}
