using Toolchain.Data.Reading;

namespace Toolchain.Data.Csv;

/// <summary>Rows of a CSV table (RFC 4180): lines, of which one with an open quote goes on in the next.</summary>
/// <param name="text">The table, at its start; not disposed.</param>
/// <param name="path">Named in errors.</param>
sealed class CsvRowReader(Stream text, string path)
{
    readonly LineReader lines = new(text, path);
    byte[] several = [];

    /// <summary>1-based number of the line on which the last row began; 0 before the first.</summary>
    public long Line { get; private set; }

    /// <summary>The next row without its line end, valid until the next call; false at the end of the text.</summary>
    /// <exception cref="InvalidDataException">A row is too long, a quote is not closed, or the stream is damaged.</exception>
    public bool TryRead(out ReadOnlySpan<byte> row)
    {
        bool isThere = lines.TryRead(out row);
        Line = lines.Count;
        if (row.Count((byte)'"') % 2 == 0)
        {
            return isThere;
        }
        int length = 0;
        bool isOpen = false;
        do
        {
            if (length + row.Length + 1 > LineReader.MaxBytes)
            {
                throw Unclosed($"{LineReader.MaxBytes} bytes without one");
            }
            if (several.Length < length + row.Length + 1)
            {
                Array.Resize(ref several, 2 * (length + row.Length + 1));
            }
            row.CopyTo(several.AsSpan(length));
            length += row.Length;
            several[length++] = (byte)'\n';
            isOpen ^= row.Count((byte)'"') % 2 == 1;
        }
        while (isOpen && lines.TryRead(out row));
        row = several.AsSpan(0, length - 1);
        return isOpen ? throw Unclosed("the end of the file") : true;
    }

    InvalidDataException Unclosed(string found) =>
        new($"'{path}': line {Line}: expected a closing quote, found {found}; a table of images has one image a line.");
}
