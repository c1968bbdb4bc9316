using System.Text;

namespace Toolchain.Data.Csv;

/// <summary>Records of RFC 4180: fields between commas; a field in quotes may hold commas, line ends, and quotes written twice.</summary>
sealed class CsvRecords(TextReader text, string path)
{
    // A row of 100,000 numbers; a quote that is never closed ends here.
    const int MaxLetters = 4 << 20;

    readonly StringBuilder field = new();

    /// <summary>1-based number of the line on which the last record began.</summary>
    public long Line { get; private set; }

    long lines = 1;

    /// <summary>The next record; null at the end.</summary>
    /// <exception cref="InvalidDataException">The record is too long, or a quote is not closed.</exception>
    public List<string>? Next()
    {
        if (text.Peek() < 0)
        {
            return null;
        }
        Line = lines;
        List<string> fields = [];
        field.Clear();
        bool quoted = false;
        for (int letters = 0; ; letters++)
        {
            int letter = text.Read();
            if (letters > MaxLetters || (letter < 0 && quoted))
            {
                throw new InvalidDataException($"'{path}': line {Line}: expected a record of at most {MaxLetters} letters, found more, or "
                    + "a quote that is not closed.");
            }
            lines += letter == '\n' ? 1 : 0;
            if (letter == '"')
            {
                // A second quote within quotes is one that belongs to the field.
                if (quoted && text.Peek() == '"')
                {
                    field.Append((char)text.Read());
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (!quoted && letter is ',' or '\n' or < 0)
            {
                fields.Add(letter == ',' || field.Length == 0
                    || field[^1] != '\r' ? field.ToString() : field.ToString(0, field.Length - 1));
                field.Clear();
                if (letter != ',')
                {
                    return fields;
                }
            }
            else
            {
                field.Append((char)letter);
            }
        }
    }
}
