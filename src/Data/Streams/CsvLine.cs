using System.Buffers.Text;

namespace Toolchain.Data;

/// <summary>Lines of a CSV table of pixels.</summary>
static class CsvLine
{
    static readonly string[] names = ["label", "pixel", "class", "digit", "target"];

    /// <summary>Whether text starts as a table of pixels does: a heading of labels or pixels, or nothing but numbers and commas.</summary>
    public static bool LooksLikePixels(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
        if (line.Count((byte)',') < 15)
        {
            return false;
        }
        string first = System.Text.Encoding.UTF8.GetString(line[..line.IndexOf((byte)',')]).Trim('"', ' ');
        return Array.Exists(names, name => first.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            || (first.StartsWith("1x", StringComparison.Ordinal) || !line.TrimEnd("\r"u8).ContainsAnyExcept("0123456789.,-+eE\" "u8));
    }

    /// <summary>The fields of a line, without the quotes that numbers do not need.</summary>
    public static List<Range> Fields(ReadOnlySpan<byte> line)
    {
        List<Range> fields = [];
        foreach (Range field in line.Split((byte)','))
        {
            (int start, int length) = field.GetOffsetAndLength(line.Length);
            ReadOnlySpan<byte> text = line.Slice(start, length);
            ReadOnlySpan<byte> trimmed = text.Trim(" \t\r\""u8);
            int skipped = trimmed.IsEmpty ? 0 : text.IndexOf(trimmed[0]);
            fields.Add((start + skipped)..(start + skipped + trimmed.Length));
        }
        return fields;
    }

    /// <summary>The number that a field is; null for none.</summary>
    public static double? Number(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(field, out double value, out int length) && length == field.Length ? value : null;
}
