using System.Text.Json;
using System.Text.Json.Serialization;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Writes <c>metrics.json</c>: the figures of a report for programs.</summary>
public static class MetricsFile
{
    static readonly JsonSerializerOptions options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>Writes the file whole or not at all; the same figures give the same bytes.</summary>
    public static void Write(string path, DigitSet test, IReadOnlyList<EvaluationRow> rows)
    {
        var content = new
        {
            Dataset = new { test.Name, test.Sha256, Split = test.Split.ToString().ToLowerInvariant() },
            Rows = rows,
        };
        AtomicFile.WriteText(path, JsonSerializer.Serialize(content, options) + "\n");
    }
}
