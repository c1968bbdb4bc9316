using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Writes <c>metrics.json</c>: the figures of a report for programs.</summary>
public static class MetricsFile
{
    /// <summary>Text of the file; the same figures give the same text.</summary>
    /// <param name="test">The test images.</param>
    /// <param name="rows">The figures.</param>
    /// <param name="classes">What the labels count; null where the figures need none.</param>
    /// <param name="errors">What every model classifies wrongly; null where that was not asked.</param>
    public static string Text(ImageSet test, IReadOnlyList<EvaluationRow> rows, ImageClasses? classes, SharedErrors? errors = null)
    {
        var content = new MetricsContent(new(test.Name, test.Sha256, test.Split.ToString().ToLowerInvariant(),
            rows.Any(row => row.Accuracy is not null), classes?.AllNames()), rows, SeedSpread.Of(rows), errors);
        return JsonSerializer.Serialize(content, MetricsJson.Default.MetricsContent) + "\n";
    }

    /// <summary>One row as it stands in the file.</summary>
    public static JsonObject Row(EvaluationRow row) => JsonSerializer.SerializeToNode(row, MetricsJson.Default.EvaluationRow)!.AsObject();
}

sealed record MetricsContent(MetricsDataset Dataset, IReadOnlyList<EvaluationRow> Rows, IReadOnlyList<SeedSpread> Spreads,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SharedErrors? SharedErrors);

sealed record MetricsDataset(string Name, string Sha256, string Split, bool Labelled, string[]? Classes);

// The serializer is generated at build time: a program compiled ahead of time has no reflection for it.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(MetricsContent))]
[JsonSerializable(typeof(EvaluationRow))]
sealed partial class MetricsJson : JsonSerializerContext;
