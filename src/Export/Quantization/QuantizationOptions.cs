namespace Toolchain.Export.Quantization;

/// <summary>How the range of an activation is read off the calibration data.</summary>
public enum CalibrationMethod
{
    /// <summary>From its lowest to its highest value.</summary>
    MinMax,

    /// <summary>Without the outermost values on both sides, which are clipped: finer steps for the rest.</summary>
    Percentile,
}

/// <summary>How to quantize a model.</summary>
public sealed record QuantizationOptions
{
    /// <summary>How ranges are read off the calibration data.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.MinMax;

    /// <summary>
    /// Percentage of an activation's values inside its range, in (50..100]; only with <see cref="CalibrationMethod.Percentile"/>.
    /// </summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>What runs the float model on the calibration data; null for the float64 evaluator.</summary>
    public ParityRuntime? Runtime { get; init; } = DefaultRuntimes.All.Count > 0 ? DefaultRuntimes.All[0] : null;
}
