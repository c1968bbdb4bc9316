using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// Layers as the authors' library (Sonnet 1) starts them: weights normal, cut at two deviations of 1 / sqrt(inputs), biases 0.
/// </summary>
static class CapsuleLayers
{
    public static Linear Linear(long inputs, long outputs)
    {
        Linear layer = nn.Linear(inputs, outputs);
        Start(layer.weight, inputs);
        nn.init.zeros_(layer.bias!);
        return layer;
    }

    public static Conv2d Convolution(long inputs, long outputs, int side, int stride)
    {
        Conv2d layer = nn.Conv2d(inputs, outputs, side, stride);
        Start(layer.weight, inputs * side * side);
        nn.init.zeros_(layer.bias!);
        return layer;
    }

    /// <summary>Weights of O linear layers side by side, [O,inputs,outputs].</summary>
    public static Parameter Weights(long count, long inputs, long outputs)
    {
        Parameter weights = nn.Parameter(empty(count, inputs, outputs));
        Start(weights, inputs);
        return weights;
    }

    /// <summary>Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010), TensorFlow's start of variables.</summary>
    public static Parameter Glorot(long fanIn, long fanOut, params long[] shape)
    {
        double limit = Math.Sqrt(6.0 / (fanIn + fanOut));
        return nn.Parameter(rand(shape) * (2 * limit) - limit);
    }

    // By the inverse of the distribution function between its values at two deviations; TorchSharp 0.107's trunc_normal_ gives one number
    // throughout.
    static void Start(Tensor weight, long inputs)
    {
        const double within = 0.954499736; // of a normal variable
        using (no_grad())
        {
            weight.copy_((rand(weight.shape) * (2 * within) - within).erfinv() * Math.Sqrt(2.0 / inputs));
        }
    }
}
