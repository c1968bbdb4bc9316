using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Inspection;

namespace Toolchain.Export.Parity;

/// <summary>The error of float32 rounding: the same graph with each node's result rounded to its type, against the exact one.</summary>
static class RoundingNoise
{
    // A node rounds its result once here; inside of a product or a sum a runtime rounds many times.
    const double Roundings = 8;

    // Ways to round: in one of them alone errors may cancel.
    const int Phases = 3;

    /// <summary>The noise of each output; empty where the model cannot be evaluated.</summary>
    public static Dictionary<string, double> Of(OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        IReadOnlyDictionary<string, TensorData> exact = Evaluator.Run(model, inputs);
        var noise = exact.Keys.ToDictionary(name => name, _ => 0.0);
        for (int phase = 0; phase < Phases; phase++)
        {
            foreach ((string name, TensorData rounded) in Evaluator.RunRounded(model, inputs, phase))
            {
                double largest = TensorDifference.Of(exact[name], rounded)!.Elements.Where(double.IsFinite).DefaultIfEmpty(0).Max();
                noise[name] = Math.Max(noise[name], Roundings * largest);
            }
        }
        return noise;
    }
}
