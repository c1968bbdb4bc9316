using System.Text.Json;

namespace Toolchain.Export;

/// <summary>What was exported, and how well it agrees with the module.</summary>
public sealed record ExportReport
{
    internal const string Oracle = "float64 evaluator";

    static readonly JsonSerializerOptions format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // An expected value of 0 makes a relative error infinite.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Digest of the file, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Size of the file.</summary>
    public required long Bytes { get; init; }

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

    /// <summary>Batch sizes at which they agree.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>Absolute difference that was allowed.</summary>
    public required double AbsoluteTolerance { get; init; }

    /// <summary>Relative difference that was allowed beside it.</summary>
    public required double RelativeTolerance { get; init; }

    /// <summary>Largest errors by runtime, size and output.</summary>
    public required IReadOnlyList<OutputError> Errors { get; init; }

    /// <summary>The report as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, format);
}

/// <summary>How far one output was off.</summary>
/// <param name="Runtime">Name of the runtime.</param>
/// <param name="Size">Batch size.</param>
/// <param name="Output">Name of the output.</param>
/// <param name="MaxAbsolute">Largest absolute difference from the module.</param>
/// <param name="MaxRelative">Largest difference as a fraction of the module's value; infinite where that is 0.</param>
public sealed record OutputError(string Runtime, int Size, string Output, double MaxAbsolute, double MaxRelative);
