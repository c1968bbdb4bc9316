using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Core;

/// <summary>
/// In what numbers the large layers multiply while they train; sums and weights are float32 either way, and so is what is exported.
/// </summary>
enum Precision
{
    /// <summary>Float32.</summary>
    Single,

    /// <summary>Factors rounded to bfloat16: faster where the processor multiplies them (AVX-512 BF16, AMX), slower elsewhere.</summary>
    BFloat16,
}

/// <summary>Layers in either precision.</summary>
static class PrecisionExtensions
{
    /// <summary>A linear layer.</summary>
    public static Tensor Apply(this Precision precision, Linear layer, Tensor x) => precision == Precision.Single || !layer.training
        ? layer.call(x)
        : nn.functional.linear(x.to(bfloat16), layer.weight.to(bfloat16), layer.bias?.to(bfloat16)).to(float32);

    /// <summary>A convolution of that stride and padding.</summary>
    public static Tensor Apply(this Precision precision, Conv2d layer, Tensor x, long stride, long padding) =>
        precision == Precision.Single || !layer.training
        ? layer.call(x)
        : nn.functional.conv2d(x.to(bfloat16), layer.weight!.to(bfloat16), layer.bias?.to(bfloat16), strides: [stride, stride],
        padding: [padding, padding]).to(float32);

    /// <summary>A transposed 4 x 4 convolution of stride 2 without bias.</summary>
    public static Tensor Apply(this Precision precision, ConvTranspose2d layer, Tensor x) =>
        precision == Precision.Single || !layer.training
        ? layer.call(x)
        : nn.functional.conv_transpose2d(x.to(bfloat16), layer.weight!.to(bfloat16), strides: [2, 2], padding: [1, 1]).to(float32);
}
