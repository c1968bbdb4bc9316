using Toolchain.Graph;
using Toolchain.Graph.Inspection;

namespace Toolchain.Export.Parity;

/// <summary>The error of float32 rounding: the same graph with each node's result rounded to its type, against the exact one.</summary>
static class RoundingNoise
{
    // A node rounds its result once here; inside of a product or a sum a runtime rounds many times.
    const double Roundings = 8;

    /// <summary>The noise of each output; empty where the model cannot be evaluated.</summary>
    public static Dictionary<string, double> Of(OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        IReadOnlyDictionary<string, TensorData> exact = Evaluator.Run(model, inputs), rounded = Evaluator.Run(model, inputs, rounded: true);
        return exact.ToDictionary(pair => pair.Key, pair =>
            Roundings * TensorDifference.Of(pair.Value, rounded[pair.Key])!.Elements.Where(double.IsFinite).DefaultIfEmpty(0).Max());
    }
}
