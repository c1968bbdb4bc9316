using System.Buffers.Text;

namespace Toolchain.Data.Csv;

/// <summary>Lines of a CSV table of pixels.</summary>
static class CsvLine
{
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
