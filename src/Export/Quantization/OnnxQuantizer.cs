using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;
using Toolchain.Graph.Quantization;

namespace Toolchain.Export.Quantization;

/// <summary>Quantizes a model to 8 bits, with activation ranges from calibration data.</summary>
public static class OnnxQuantizer
{
    /// <summary>
    /// The model with int8 weights and uint8 activations in ONNX's QDQ form (<see cref="Int8Quantization"/>); batch norms are worked into
    /// the weights before. Inputs, outputs and metadata stay.
    /// </summary>
    /// <param name="model">A model in float32.</param>
    /// <param name="batches">Calibration data: inputs by name, a few hundred rows like those that the model will see.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="GraphException">Nothing in the model can be quantized.</exception>
    /// <exception cref="ExportException">There are no calibration data, or they make a value that is not finite.</exception>
    public static OnnxModel Quantize(OnnxModel model, IReadOnlyList<IReadOnlyDictionary<string, TensorData>> batches,
        QuantizationOptions? options = null)
    {
        options ??= new QuantizationOptions();
        if (batches.Count == 0)
        {
            throw new ExportException($"'{nameof(batches)}' is empty; expected calibration data to read the ranges of activations off.");
        }
        if (options.Percentile is not (> 50 and <= 100))
        {
            throw new ExportException(
                FormattableString.Invariant($"'{nameof(options.Percentile)}' must be in (50..100], was {options.Percentile}."));
        }
        OnnxModel folded = model.Apply(GraphPasses.BatchNorms | GraphPasses.Constants | GraphPasses.DeadNodes);
        IReadOnlyList<string> names = Int8Quantization.Activations(folded);
        if (names.Count == 0)
        {
            return Int8Quantization.Apply(folded, new Dictionary<string, ActivationRange>()); // which throws: there is nothing
        }
        HashSet<string> inputs = [.. folded.Inputs.Select(input => input.Name)];
        string[] inner = [.. names.Where(name => !inputs.Contains(name))];
        OnnxModel shown = inner.Length == 0 ? folded : folded.WithOutputs(inner);
        byte[] bytes = options.Runtime is null ? [] : shown.ToBytes();
        Dictionary<string, ValueHistogram> histograms = names.ToDictionary(name => name, _ => new ValueHistogram());
        // The ends of a range first, then what lies between them.
        foreach (int pass in options.Method == CalibrationMethod.Percentile ? (int[])[0, 1] : [0])
        {
            foreach (IReadOnlyDictionary<string, TensorData> batch in batches)
            {
                IReadOnlyDictionary<string, TensorData> found = options.Runtime?.Run(bytes, batch) ?? Evaluator.Run(shown, batch);
                foreach ((string name, ValueHistogram histogram) in histograms)
                {
                    double[] values = (inputs.Contains(name) ? batch[name] : found[name]).ToDoubles();
                    if (values.Any(value => !double.IsFinite(value)))
                    {
                        throw new ExportException(
                            $"tensor '{name}' takes a value that is not finite on the calibration data; it has no range.");
                    }
                    if (pass == 0)
                    {
                        histogram.Stretch(values);
                    }
                    else
                    {
                        histogram.Count(values);
                    }
                }
            }
        }
        options.Runtime?.Release?.Invoke();
        return Int8Quantization.Apply(folded, histograms.ToDictionary(pair => pair.Key, pair =>
            options.Method == CalibrationMethod.Percentile ? pair.Value.Inside(options.Percentile) : pair.Value.Whole));
    }
}
