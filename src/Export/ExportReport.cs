using System.Text.Json;

namespace Toolchain.Export;

/// <summary>What was exported, and how well it agrees with the module.</summary>
public sealed record ExportReport
{
    internal const string Oracle = "float64 evaluator", Module = "TorchSharp";

    static readonly JsonSerializerOptions format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // An expected value of 0 makes a relative error infinite.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Digest of the file, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Size of the file, with that of its external data.</summary>
    public required long Bytes { get; init; }

    /// <summary>Name of the file beside the model that holds its weights; null where the model is one file.</summary>
    public string? ExternalData { get; init; }

    /// <summary>Version of the operators.</summary>
    public required int Opset { get; init; }

    /// <summary>Version of the file format.</summary>
    public required int IrVersion { get; init; }

    /// <summary>Number of constant elements in the model.</summary>
    public required long Parameters { get; init; }

    /// <summary>How often each operator occurs.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Runtimes that agree with the module.</summary>
    public required IReadOnlyList<string> Runtimes { get; init; }

    /// <summary>Batch sizes, of those asked for, at which module and model were run side by side and agree.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>Sizes of all named axes at which they were run side by side and agree, such as "N=2, L=64".</summary>
    public IReadOnlyList<string> Proven { get; init; } = [];

    /// <summary>
    /// Sizes that were left out because the budget was spent (<see cref="OnnxExportOptions.ProofSeconds"/>, <see
    /// cref="OnnxExportOptions.ProofFlops"/>).
    /// </summary>
    public IReadOnlyList<string> NotProven { get; init; } = [];

    /// <summary>Sizes that the module itself refuses, with its reason.</summary>
    public IReadOnlyList<string> RefusedByModule { get; init; } = [];

    /// <summary>
    /// Maxima, minima, sorts and max pooling of the module, such as "features.3: THSTensor_max_pool2d", through which NaN goes in PyTorch
    /// and may not in a runtime; few are left with <see cref="OnnxExportOptions.KeepNaN"/>.
    /// </summary>
    public IReadOnlyList<string> DropsNaN { get; init; } = [];

    /// <summary>Those of the sizes at which the float64 evaluator took part (<see cref="OnnxExportOptions.ProofFlops"/>).</summary>
    public required IReadOnlyList<int> OracleSizes { get; init; }

    /// <summary>Absolute difference that was allowed.</summary>
    public required double AbsoluteTolerance { get; init; }

    /// <summary>Difference that was allowed beside it, as a fraction of the element's value.</summary>
    public required double RelativeTolerance { get; init; }

    /// <summary>Difference that was allowed beside it, as a fraction of the output's largest magnitude.</summary>
    public double ScaleTolerance { get; init; }

    /// <summary>Differences of the runtimes from the module, by runtime, size and output.</summary>
    public required IReadOnlyList<OutputError> Errors { get; init; }

    /// <summary>
    /// What rounding costs: differences of the module and of each runtime from the float64 evaluator. A runtime that is as near to it as
    /// the module is has no error of its own, however far both are apart.
    /// </summary>
    public required IReadOnlyList<OutputError> Budget { get; init; }

    /// <summary>
    /// Differences of each runtime from the float64 evaluator after each node, at the first size; only with
    /// <see cref="OnnxExportOptions.NodeErrors"/>.
    /// </summary>
    public required IReadOnlyList<OutputError> Nodes { get; init; }

    /// <summary>The report as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, format);
}

/// <summary>How far one tensor was off.</summary>
/// <param name="Runtime">What computed it.</param>
/// <param name="Size">Batch size.</param>
/// <param name="Output">Name of the output, or of a node's result.</param>
/// <param name="MaxAbsolute">Largest absolute difference.</param>
/// <param name="MaxRelative">Largest difference as a fraction of the expected value; infinite where that is 0.</param>
/// <param name="MaxUlp">Largest difference in units of the last place that the expected value has in its element type.</param>
/// <param name="Histogram">
/// Numbers of elements by absolute difference, 12 of them: exactly 0, up to 1e-10, up to 1e-9, and so on by powers of ten up to 1e-1, and
/// the rest.
/// </param>
public sealed record OutputError(string Runtime, int Size, string Output, double MaxAbsolute, double MaxRelative, double MaxUlp,
    IReadOnlyList<long> Histogram)
{
    /// <summary>Sizes of all named axes, such as "N=2, L=64".</summary>
    public string Sizes { get; init; } = "";

    /// <summary>Largest finite magnitude of the expected tensor.</summary>
    public double Largest { get; init; }
}
