using System.Buffers.Text;
using System.Text;

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
            int first = start + text.Length - text.TrimStart(" \t\r"u8).Length, last = start + text.TrimEnd(" \t\r"u8).Length;
            bool isWrapped = last - first >= 2 && line[first] == '"' && line[last - 1] == '"';
            fields.Add(isWrapped ? (first + 1)..(last - 1) : first..Math.Max(first, last));
            start = end + 1;
        }
        return fields;
    }

    /// <summary>A field as text: a quote in it is written as two.</summary>
    public static string Text(ReadOnlySpan<byte> field) =>
        Encoding.UTF8.GetString(field).Replace("\"\"", "\"", StringComparison.Ordinal);

    /// <summary>The number that a field is; null for none.</summary>
    public static double? Number(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(field, out double value, out int length) && length == field.Length ? value : null;
}
