using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Toolchain.Data.Embeddings;

/// <summary>Rows as JSON, one object a line.</summary>
sealed class JsonRows(Stream output, EmbeddingColumns columns) : EmbeddingStream(output, columns)
{
    // Names stay readable; what is JSON alone needs no escapes for HTML.
    static readonly JsonWriterOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly ArrayBufferWriter<byte> text = new();

    private protected override void Append(EmbeddingRows rows, ReadOnlySpan<string?> errors)
    {
        text.ResetWrittenCount();
        long[] digits = Columns.HasDigits ? Columns.DigitsOf(rows.Clusters.Span) : [];
        using var json = new Utf8JsonWriter(text, plain);
        for (int row = 0; row < rows.Count; row++)
        {
            json.Reset();
            json.WriteStartObject();
            json.WriteString("name"u8, rows.Names.Span[row]);
            if (errors[row] is string error)
            {
                json.WriteString("error"u8, error);
            }
            else
            {
                Values("embedding"u8, rows.Embeddings, row, Columns.Dimension);
                if (Columns.HasClusters)
                {
                    json.WriteNumber("cluster"u8, rows.Clusters.Span[row]);
                }
                if (Columns.HasDigits)
                {
                    json.WriteNumber("digit"u8, digits[row]);
                }
                if (Columns.HasNovelty)
                {
                    json.WriteNumber("novelty"u8, rows.Novelty.Span[row]);
                }
                Values("probability"u8, rows.Probabilities, row, Columns.ClusterCount);
            }
            json.WriteEndObject();
            json.Flush();
            text.Write("\n"u8);
        }
        Output.Write(text.WrittenSpan);

        void Values(ReadOnlySpan<byte> name, ReadOnlyMemory<float> values, int row, int width)
        {
            if (width == 0)
            {
                return;
            }
            json.WriteStartArray(name);
            foreach (float value in values.Span.Slice(row * width, width))
            {
                json.WriteNumberValue(value);
            }
            json.WriteEndArray();
        }
    }
}
