using System.Buffers.Text;

namespace Toolchain.Data.Csv;

/// <summary>Lines of a CSV table of pixels.</summary>
static class CsvLine
{
    /// <summary>The fields of a line, without the quotes around them; between quotes a comma is text (RFC 4180).</summary>
    public static List<Range> Fields(ReadOnlySpan<byte> line)
    {
        List<Range> fields = [];
        for (int start = 0; start <= line.Length;)
        {
            int end = start;
            for (bool isQuoted = false; end < line.Length && (isQuoted || line[end] != ','); end++)
            {
                isQuoted ^= line[end] == '"';
            }
            ReadOnlySpan<byte> text = line[start..end];
            ReadOnlySpan<byte> trimmed = text.Trim(" \t\r\""u8);
            int skipped = trimmed.IsEmpty ? 0 : text.IndexOf(trimmed[0]);
            fields.Add((start + skipped)..(start + skipped + trimmed.Length));
            start = end + 1;
        }
        return fields;
    }

    /// <summary>The number that a field is; null for none.</summary>
    public static double? Number(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(field, out double value, out int length) && length == field.Length ? value : null;
}
