using System.Globalization;
using System.Text;
using Toolchain.Data.Images;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Csv;

/// <summary>
/// A CSV table with an image a line, as Kaggle has MNIST: `label,pixel0..pixel783`, without the label, or without the heading. Without a
/// heading a line of one number more than a square has its label first.
/// </summary>
sealed class CsvStream : ImageStream
{
    readonly Stream content;
    readonly Func<Stream>? again;
    readonly string path;
    readonly CsvRowReader lines;
    readonly Queue<CsvImage> ahead = new();
    readonly int labelColumn, pixelColumns, side;
    readonly bool hasHeading;
    int[]? labels;
    PixelScale scale = PixelScale.Bytes;

    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="content">Stands at its start; disposed with this.</param>
    /// <param name="again">Opens the same text once more; null for a pipe.</param>
    public CsvStream(string name, string path, Stream content, Func<Stream>? again) : base(name, Split.All, null)
    {
        (this.path, this.content, this.again, Source) = (path, content, again, path);
        lines = new CsvRowReader(content, path);
        if (!lines.TryRead(out ReadOnlySpan<byte> first))
        {
            throw Broken(1, "a heading or numbers", "nothing");
        }
        first = first.StartsWith("\uFEFF"u8) ? first[3..] : first;
        List<Range> fields = CsvLine.Fields(first);
        string[] names = new string[fields.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = CsvLine.Text(first[fields[i]]);
            hasHeading |= CsvLine.Number(first[fields[i]]) is null;
        }
        labelColumn = hasHeading ? Array.FindIndex(names, name => name.ToLowerInvariant() is "label" or "class" or "digit" or "target")
            : Square(names.Length) > 0 ? -1 : 0;
        pixelColumns = names.Length - (labelColumn >= 0 ? 1 : 0);
        side = Square(pixelColumns);
        if (side == 0)
        {
            throw Broken(1, "784 columns of pixels and at most one of labels, called 'label'", $"{names.Length} columns");
        }
        Picture.RequireSize(side, side, path, Picture.MaxTensorPixels);
        RequireOrder(names);
        if (!hasHeading)
        {
            ahead.Enqueue(Parse(first, lines.Line));
        }
    }

    // Columns that are named by their pixels stand in the order of these.
    void RequireOrder(string[] names)
    {
        const string prefix = "pixel";
        int[] numbers = [.. names.Select(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        for (int i = 1; i < names.Length; i++)
        {
            if (numbers[i - 1] >= 0 && numbers[i] >= 0 && numbers[i] <= numbers[i - 1])
            {
                throw Broken(1, "columns in the order of their pixels, pixel0 first", $"'{names[i - 1]}' before '{names[i]}'");
            }
        }
    }

    // Without a heading the first number of a line is its label. Where it is always 0, and the last one a digit of several, that is the
    // other way round.
    void RequireLabelFirst(double largest)
    {
        if (!hasHeading && labelColumn == 0 && ahead.Count > 1 && largest > 9 && ahead.All(row => row.Label == "0")
            && ahead.All(row => row.Values[^1] is >= 0 and <= 9 && row.Values[^1] == Math.Floor(row.Values[^1]))
            && ahead.Any(row => row.Values[^1] != ahead.Peek().Values[^1]))
        {
            throw Broken(1, "the label first, or a heading with a column 'label'", "0 in the first column and digits in the last");
        }
    }

    public override string? Fingerprint => content is FileStream { CanSeek: true } file ? TensorStream.FileFingerprint(file.Name) : null;

    public override void Dispose()
    {
        content.Dispose();
        base.Dispose();
    }

    private protected override int Fill(ImageBatch batch, int count)
    {
        int row = 0;
        for (; row < count && Next() is CsvImage image; row++)
        {
            var place = new ImagePlace(path, "line", image.Line);
            byte[] pixels = new byte[image.Values.Length];
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = scale.ToPixel(image.Values[i], false, place, i);
            }
            batch.Set(row, new PendingImage($"{path}, line {image.Line}", pixels, side, side), null,
                labels is null ? Digit(Position + row, image.Label) : labels[Math.Min(Position + row, labels.Length - 1)]);
        }
        return row;
    }

    // What labels are is found here too: by these lines, and by all where the text can be read once more.
    private protected override IReadOnlyList<PendingImage> Sample()
    {
        while (ahead.Count < SourceSurvey.Images && Read() is CsvImage row)
        {
            ahead.Enqueue(row);
        }
        double largest = ahead.Count == 0 ? 0 : ahead.Max(row => row.Values.Max());
        bool isFloat = ahead.Any(row => Array.Exists(row.Values, value => value != Math.Floor(value)));
        scale = PixelScale.Of(largest, isFloat, ahead.Count, Noticed);
        RequireLabelFirst(largest);
        if (labelColumn >= 0 && ahead.Count > 0)
        {
            FindClasses();
        }
        return [.. ahead.Where(row => row.Values.Min() >= 0 && row.Values.Max() <= scale.Largest)
            .Select(row => new PendingImage(path,
                Array.ConvertAll(row.Values, value => scale.ToPixel(value, false, new(path, "line", row.Line), 0)), side, side))];
    }

    // Of a pipe they are digits, or none; the text of a file is read once more for its labels.
    void FindClasses()
    {
        if (again is null)
        {
            Classes = ImageClasses.Digits;
            int index = 0;
            foreach (CsvImage row in ahead)
            {
                _ = Digit(index++, row.Label);
            }
            return;
        }
        ClassLabels? found = ClassLabels.OfColumn(AllLabels(again), path, Noticed);
        labels = found?.Labels;
        Classes = found is null ? null : ClassLabels.Named(found.Classes, Path.GetDirectoryName(Path.GetFullPath(path))!, Noticed);
    }

    // What else is wrong with a line is found when its image is read.
    List<string?> AllLabels(Func<Stream> open)
    {
        using Stream whole = open();
        var text = new CsvRowReader(whole, path);
        List<string?> found = [];
        try
        {
            while (text.TryRead(out ReadOnlySpan<byte> line))
            {
                line = text.Line == 1 && line.StartsWith("\uFEFF"u8) ? line[3..] : line;
                if ((text.Line > 1 || !hasHeading) && line.ContainsAnyExcept(" \t\r"u8))
                {
                    List<Range> fields = CsvLine.Fields(line);
                    found.Add(labelColumn < fields.Count ? CsvLine.Text(line[fields[labelColumn]]) : null);
                }
            }
        }
        catch (InvalidDataException)
        {
        }
        return found;
    }

    CsvImage? Next() => ahead.TryDequeue(out CsvImage? row) ? row : Read();

    CsvImage? Read()
    {
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.ContainsAnyExcept(" \t\r"u8))
            {
                return Parse(line, lines.Line);
            }
        }
        return null;
    }

    CsvImage Parse(ReadOnlySpan<byte> line, long number)
    {
        List<Range> fields = CsvLine.Fields(line);
        if (fields.Count != pixelColumns + (labelColumn >= 0 ? 1 : 0))
        {
            throw Broken(number, $"{pixelColumns + (labelColumn >= 0 ? 1 : 0)} fields", $"{fields.Count}");
        }
        double[] values = new double[pixelColumns];
        for (int field = 0, pixel = 0; field < fields.Count; field++)
        {
            if (field != labelColumn)
            {
                string found = Encoding.UTF8.GetString(line[fields[field]]);
                values[pixel++] = CsvLine.Number(line[fields[field]]) is double value && double.IsFinite(value) ? value
                    : throw Broken(number, $"a number in field "
                        + $"{field + 1}", $"'{Printable.Line(found.Length > 20 ? found[..20] : found)}'");
            }
        }
        return new(number, values, labelColumn < 0 ? null : CsvLine.Text(line[fields[labelColumn]]));
    }

    int Digit(long index, string? label)
    {
        double? number = CsvLine.Number(Encoding.UTF8.GetBytes(label ?? ""));
        if (IsLabelled && !(number is >= 0 and <= 9 && number == Math.Floor(number.Value)))
        {
            DropLabels(index, $"'{label}'");
        }
        return IsLabelled ? (int)number!.Value : 0;
    }

    static int Square(int count) => count >= 16 && Math.Sqrt(count) is var side && side == (int)side ? (int)side : 0;

    InvalidDataException Broken(long line, string expected, string found) =>
        new($"'{path}': line {line}: expected {expected}, found {found}; a table of images has one image a line.");
}
