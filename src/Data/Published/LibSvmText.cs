using System.Text;
using Toolchain.Data.Csv;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Published;

/// <summary>
/// Images in the text format of LIBSVM: an image a line, its label from 1, then `index:value` from 1 in ascending order. An index that is
/// left out has the value 0. Source: https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets. Values are -1 (black) to 1 (white).
/// </summary>
/// <param name="path">Named in errors.</param>
/// <param name="size">Pixels of an image.</param>
/// <param name="classCount">Number of classes.</param>
sealed class LibSvmText(string path, int size, int classCount)
{
    /// <summary>Reads all lines; labels become 0-based.</summary>
    /// <exception cref="InvalidDataException">A line is malformed.</exception>
    public LabelledPixels Parse(byte[] text)
    {
        var lines = new LineReader(new MemoryStream(text), path);
        List<int> labels = [];
        using var pixels = new MemoryStream();
        byte[] image = new byte[size];
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.ContainsAnyExcept(" \t\r"u8))
            {
                labels.Add(ParseLine(line.Trim(" \t\r"u8), image, lines.Count));
                pixels.Write(image);
            }
        }
        return new(pixels.ToArray(), [.. labels]);
    }

    int ParseLine(ReadOnlySpan<byte> line, Span<byte> image, long number)
    {
        image.Fill(ToPixel(0));
        ReadOnlySpan<byte> first = Next(ref line);
        int label = CsvLine.Number(first) is double value && value >= 1 && value <= classCount && value == Math.Floor(value) ? (int)value
            : throw Broken(number, $"a label in [1..{classCount}]", first);
        for (int last = 0; !line.IsEmpty;)
        {
            ReadOnlySpan<byte> field = Next(ref line);
            int colon = field.IndexOf((byte)':');
            if (colon < 0 || CsvLine.Number(field[..colon]) is not double index || !(index > last && index <= size)
                || index != Math.Floor(index))
            {
                throw Broken(number, $"index:value with an index in [{last + 1}..{size}]", field);
            }
            last = (int)index;
            image[last - 1] = CsvLine.Number(field[(colon + 1)..]) is double level and >= -1 and <= 1 ? ToPixel(level)
                : throw Broken(number, "index:value with a value in [-1..1]", field);
        }
        return label - 1;
    }

    static byte ToPixel(double level) => (byte)Math.Round((level + 1) * 127.5);

    static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> field = end < 0 ? line : line[..end];
        line = end < 0 ? [] : line[end..].TrimStart(" \t"u8);
        return field;
    }

    InvalidDataException Broken(long line, string expected, ReadOnlySpan<byte> found) =>
        new($"'{path}': line {line}: expected {expected}, found '"
            + $"{Printable.Line(Encoding.UTF8.GetString(found[..Math.Min(24, found.Length)]))}'; get the file again.");
}
