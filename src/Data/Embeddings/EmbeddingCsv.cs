using System.Buffers;
using System.Globalization;
using System.Text;

namespace Toolchain.Data.Embeddings;

/// <summary>
/// CSV of RFC 4180 with LF line ends, numbers in the invariant culture and in the fewest digits that read back to the same float.
/// </summary>
sealed class EmbeddingCsv : EmbeddingWriter
{
    // The longest number has fewer characters.
    const int LongestNumber = 32;

    static readonly SearchValues<char> special = SearchValues.Create(",\"\r\n");
    readonly ArrayBufferWriter<byte> text = new();
    readonly FileStream stream;

    public EmbeddingCsv(string path, EmbeddingColumns columns) : base(columns)
    {
        stream = Files.Add(path);
        string[] header =
        [
            "name", .. Numbered("embedding", columns.Dimension), .. columns.HasLabels ? ["label"] : Array.Empty<string>(),
            .. columns.HasClusters ? ["cluster"] : Array.Empty<string>(), .. columns.HasDigits ? ["digit"] : Array.Empty<string>(),
            .. columns.HasNovelty ? ["novelty"] : Array.Empty<string>(), .. Numbered("probability", columns.ClusterCount),
        ];
        stream.Write(Encoding.ASCII.GetBytes(string.Join(',', header) + "\n"));
    }

    private protected override void Append(EmbeddingRows rows)
    {
        text.ResetWrittenCount();
        long[] digits = Columns.HasDigits ? Columns.DigitsOf(rows.Clusters.Span) : [];
        for (int row = 0; row < rows.Count; row++)
        {
            Encoding.UTF8.GetBytes(Quote(rows.Names.Span[row]), text);
            Write(rows.Embeddings.Span.Slice(row * Columns.Dimension, Columns.Dimension));
            if (Columns.HasLabels)
            {
                Write(rows.Labels.Span[row]);
            }
            if (Columns.HasClusters)
            {
                Write(rows.Clusters.Span[row]);
            }
            if (Columns.HasDigits)
            {
                Write(digits[row]);
            }
            if (Columns.HasNovelty)
            {
                Write(rows.Novelty.Span.Slice(row, 1));
            }
            Write(rows.Probabilities.Span.Slice(row * Columns.ClusterCount, Columns.ClusterCount));
            text.Write("\n"u8);
        }
        stream.Write(text.WrittenSpan);
    }

    private protected override void End() => Files.Commit();

    static IEnumerable<string> Numbered(string name, int count) =>
        Enumerable.Range(0, count).Select(column => string.Create(CultureInfo.InvariantCulture, $"{name}_{column}"));

    void Write(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            // Python and pandas read "inf", not the invariant culture's "Infinity".
            if (float.IsFinite(value))
            {
                Write(value);
            }
            else
            {
                text.Write(float.IsNaN(value) ? ",nan"u8 : value > 0 ? ",inf"u8 : ",-inf"u8);
            }
        }
    }

    void Write<T>(T value) where T : IUtf8SpanFormattable
    {
        Span<byte> target = text.GetSpan(LongestNumber);
        target[0] = (byte)',';
        _ = value.TryFormat(target[1..], out int length, default, CultureInfo.InvariantCulture);
        text.Advance(1 + length);
    }

    // A spreadsheet runs a cell that starts like a formula; a single quote before it makes it text (OWASP, "CSV injection").
    static string Quote(string field)
    {
        string cell = field is ['=' or '+' or '-' or '@', ..] ? $"'{field}" : field;
        return cell.AsSpan().ContainsAny(special) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }
}
