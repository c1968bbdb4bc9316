using System.Text.Json;
using System.Text.Json.Serialization;

namespace Toolchain.Evaluate.Protocols;

/// <summary>A table of whole numbers, a row a line: indented one by one they would be most of the file.</summary>
sealed class CompactTableConverter : JsonConverter<int[][]>
{
    /// <inheritdoc/>
    public override int[][] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<int[]> rows = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            List<int> row = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                row.Add(reader.GetInt32());
            }
            rows.Add([.. row]);
        }
        return [.. rows];
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int[][] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        string indent = writer.Options.Indented ? $"\n{new string(' ', writer.CurrentDepth * writer.Options.IndentSize)}" : "";
        foreach (int[] row in value)
        {
            writer.WriteRawValue($"{indent}[{string.Join(',', row)}]", skipInputValidation: true);
        }
        writer.WriteEndArray();
    }
}
