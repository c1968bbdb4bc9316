using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;
using ModelRun = System.Func<byte[], System.Collections.Generic.IReadOnlyDictionary<string, Toolchain.Graph.TensorData>,
    System.Collections.Generic.IReadOnlyDictionary<string, Toolchain.Graph.TensorData>>;

namespace Toolchain.Graph.Quantization;

/// <summary>Static quantization of a model by calibration data: reads the ranges of its activations off, then quantizes.</summary>
public static class CalibratedQuantization
{
    /// <summary>The model with int8 weights and uint8 activations (<see cref="Int8Quantization"/>), batch norms worked in before.</summary>
    /// <param name="model">A checked model in float32.</param>
    /// <param name="batches">Calibration data: inputs by name.</param>
    /// <param name="percentile">Percentage of an activation's values inside its range, in (50..100]; null for all of them.</param>
    /// <param name="run">Runs a model given by its bytes; null for the float64 evaluator.</param>
    /// <exception cref="GraphException">Nothing in the model can be quantized, or a value is not finite.</exception>
    public static OnnxModel Quantize(OnnxModel model, IReadOnlyList<IReadOnlyDictionary<string, TensorData>> batches, double? percentile,
        ModelRun? run)
    {
        ArgumentNullException.ThrowIfNull(batches);
        OnnxModel folded = model.Apply(GraphPasses.BatchNorms | GraphPasses.Constants | GraphPasses.DeadNodes);
        IReadOnlyList<string> names = Int8Quantization.Activations(folded);
        if (names.Count == 0)
        {
            return Int8Quantization.Apply(folded, new Dictionary<string, ActivationRange>()); // which throws: there is nothing
        }
        HashSet<string> inputs = [.. folded.Inputs.Select(input => input.Name)];
        string[] inner = [.. names.Where(name => !inputs.Contains(name))];
        OnnxModel shown = inner.Length == 0 ? folded : folded.WithOutputs(inner);
        byte[] bytes = run is null ? [] : shown.ToBytes();
        Dictionary<string, ValueHistogram> histograms = names.ToDictionary(name => name, _ => new ValueHistogram());
        // The ends of a range first, then what lies between them.
        foreach (int pass in percentile is null ? (int[])[0] : [0, 1])
        {
            foreach (IReadOnlyDictionary<string, TensorData> batch in batches)
            {
                IReadOnlyDictionary<string, TensorData> found = run?.Invoke(bytes, batch) ?? Evaluator.Run(shown, batch);
                foreach ((string name, ValueHistogram histogram) in histograms)
                {
                    double[] values = (inputs.Contains(name) ? batch[name] : found[name]).ToDoubles();
                    if (values.Any(value => !double.IsFinite(value)))
                    {
                        throw new GraphException(
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
        return Int8Quantization.Apply(folded, histograms.ToDictionary(pair => pair.Key, pair =>
            percentile is double inside ? pair.Value.Inside(inside) : pair.Value.Whole));
    }
}
