using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Inspection;

namespace Toolchain.Evaluate;

/// <summary>How far ONNX Runtime is from the float64 evaluator on the same input.</summary>
/// <param name="Output">Name of the output.</param>
/// <param name="MaxAbsolute">Largest difference; NaN where one of them is no number.</param>
/// <param name="Agrees">Whether every element is within the tolerance, absolute and as a fraction of its value.</param>
public sealed record ModelAgreement(string Output, double MaxAbsolute, bool Agrees)
{
    /// <summary>
    /// Difference that is allowed, absolute and as a fraction of the value: 1e-4; 1e-2 where weights are float16, as the export allows;
    /// 5e-2 where activations are quantized, since rounding in float32 may choose the step beside the one of the float64 evaluator.
    /// </summary>
    public static double Tolerance(OnnxModel model) => model.Nodes.Any(node => node.Op == "QuantizeLinear") ? 5e-2
        : model.Initializers.Any(pair => pair.Value.Type is ElementType.Float16 or ElementType.BFloat16) ? 1e-2 : 1e-4;

    /// <summary>Runs both.</summary>
    /// <param name="model">A checked model.</param>
    /// <param name="inputs">A tensor for each input by name.</param>
    /// <exception cref="GraphException">The evaluator cannot run the model.</exception>
    /// <exception cref="Inference.InvalidModelException">ONNX Runtime refuses the model.</exception>
    public static IReadOnlyList<ModelAgreement> Measure(OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        IReadOnlyDictionary<string, TensorData> expected = Evaluator.Run(model, inputs),
            found = OnnxRuntimeCheck.Run(model.ToBytes(), inputs);
        return [.. model.Outputs.Select(output => Compare(output.Name, expected[output.Name], found[output.Name], Tolerance(model)))];
    }

    /// <summary>
    /// Inputs to try a model with: evenly drawn from [0,1) for floats, 0 and 1 in turn for the others; two rows where an axis is free.
    /// </summary>
    public static IReadOnlyDictionary<string, TensorData> SampleInputs(OnnxModel model)
    {
        var random = new Random(1);
        return model.Inputs.ToDictionary(input => input.Name, input =>
        {
            long[] sizes = [.. input.Shape.Select(dim => dim.Size ?? 2)];
            var values = new double[sizes.Aggregate(1L, (product, size) => product * size)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = input.Type.Element is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64
                    ? random.NextDouble() : i % 2;
            }
            return TensorData.FromDoubles(values, sizes, input.Type.Element);
        });
    }

    static ModelAgreement Compare(string name, TensorData expected, TensorData found, double tolerance) =>
        TensorDifference.Of(expected, found) is not TensorDifference difference ? new(name, double.PositiveInfinity, false)
        : difference.HasNaN ? new(name, double.NaN, false)
        : new(name, difference.Largest, difference.WorstAbove(tolerance, tolerance) < 0);
}
