using Toolchain.Data;
using Toolchain.Train.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>
/// The poster's generator: fully connected 74 - 1024 - 7 x 7 x 128, then 4 x 4 transposed convolutions of stride 2 to 14 x 14 x 64 and 28 x
/// 28 x 1; batch normalisation and ReLU between, a sigmoid at the end. Larger images have more transposed convolutions, of 128 maps, before
/// these (<see cref="GanShape"/>).
/// </summary>
sealed class Generator : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    readonly GanShape smallest;
    readonly int channelCount;
    readonly Precision precision;
    readonly Linear fc1, fc2;
    readonly ConvTranspose2d conv1, conv2;
    readonly BatchNorm1d norm1, norm2;
    readonly BatchNorm2d norm3;
    readonly ModuleList<ConvTranspose2d> wider; // of images that need more than two
    readonly ModuleList<BatchNorm2d> widerNorms;

    /// <summary>A fresh generator.</summary>
    public Generator(InfoGanOptions options, ImageShape shape) : base(nameof(Generator))
    {
        smallest = GanShape.Of(shape);
        (channelCount, precision) = (2 * options.ChannelCount, options.Precision);
        fc1 = nn.Linear(options.NoiseSize + options.ClusterCount + options.ContinuousCount, options.HiddenSize, hasBias: false);
        norm1 = nn.BatchNorm1d(options.HiddenSize);
        fc2 = nn.Linear(options.HiddenSize, smallest.PixelCount * channelCount, hasBias: false);
        norm2 = nn.BatchNorm1d(smallest.PixelCount * channelCount);
        conv1 = nn.ConvTranspose2d(channelCount, options.ChannelCount, 4, stride: 2, padding: 1, bias: false);
        norm3 = nn.BatchNorm2d(options.ChannelCount);
        conv2 = nn.ConvTranspose2d(options.ChannelCount, shape.Channels, 4, stride: 2, padding: 1);
        (wider, widerNorms) = ([], []);
        for (int layer = 2; layer < smallest.Layers; layer++)
        {
            wider.Add(nn.ConvTranspose2d(channelCount, channelCount, 4, stride: 2, padding: 1, bias: false));
            widerNorms.Add(nn.BatchNorm2d(channelCount));
        }
        RegisterComponents();
        Initialisation.Apply(this);
    }

    /// <summary>Images [N,C,H,W] in (0,1).</summary>
    /// <param name="z">Noise [N,Z], uniform in [-1,1].</param>
    /// <param name="code">One-hot rows [N,K].</param>
    /// <param name="continuous">[N,C], uniform in [-1,1].</param>
    public override Tensor forward(Tensor z, Tensor code, Tensor continuous)
    {
        Tensor x = nn.functional.relu(norm1.call(fc1.call(cat([z, code, continuous], 1)))); // [N,H]
        x = nn.functional.relu(norm2.call(precision.Apply(fc2, x))).view(-1, channelCount, smallest.Height,
            smallest.Width); // [N,128,7,7] of 28 x 28 pixels
        for (int layer = 0; layer < wider.Count; layer++)
        {
            x = nn.functional.relu(widerNorms[layer].call(precision.Apply(wider[layer], x))); // [N,128,...], twice the sides
        }
        x = nn.functional.relu(norm3.call(precision.Apply(conv1, x))); // [N,64,H/2,W/2]
        return sigmoid(conv2.call(x)); // [N,C,H,W]
    }
}
