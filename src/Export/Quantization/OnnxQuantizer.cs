using Toolchain.Graph;
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
    /// <exception cref="GraphException">Nothing in the model can be quantized, or the data make a value that is not finite.</exception>
    /// <exception cref="ExportException">There are no calibration data.</exception>
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
        OnnxModel quantized = CalibratedQuantization.Quantize(model, batches,
            options.Method == CalibrationMethod.Percentile ? options.Percentile : null,
            options.Runtime is { } runtime ? runtime.Run : null);
        options.Runtime?.Release?.Invoke();
        return quantized;
    }
}
