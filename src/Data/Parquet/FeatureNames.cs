using System.Text.Json;

namespace Toolchain.Data.Parquet;

/// <summary>
/// Names of classes as Hugging Face's `datasets` writes them into a Parquet footer: under the key `huggingface` an object in JSON, where
/// `info.features.COLUMN` is `{"names": [...], "_type": "ClassLabel"}`.
/// </summary>
static class FeatureNames
{
    /// <summary>The names of a column's classes; null where there are none that are read.</summary>
    /// <param name="features">The JSON; null for none.</param>
    /// <param name="column">The column.</param>
    public static string[]? Of(byte[]? features, string column)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(features ?? "{}"u8.ToArray());
            return document.RootElement.TryGetProperty("info", out JsonElement info)
                && info.TryGetProperty("features", out JsonElement columns)
                && columns.TryGetProperty(column, out JsonElement feature) && feature.TryGetProperty("names", out JsonElement names)
                && names.GetArrayLength() is > 0 and <= ImageClasses.Most
                ? [.. names.EnumerateArray().Select(name => name.GetString() ?? "")] : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null; // other metadata under that key
        }
    }
}
