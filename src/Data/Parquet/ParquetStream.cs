using System.Globalization;
using Parquet;
using Parquet.Schema;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Parquet;

/// <summary>
/// Parquet files with encoded images: a column `image` that is a struct with `bytes` (as Hugging Face datasets write it), or any plain
/// binary column; and, where there is one, a column `label` of integers or texts, or another whose features name classes. One
/// row group is in memory at a time.
/// </summary>
sealed partial class ParquetStream : ImageStream
{
    readonly string path;
    readonly FileStream file;
    readonly Head head;
    readonly int[]? labels;
    int nextGroup, row;
    byte[]?[] images = [];
    string?[]? names;

    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="file">The file, at its start; disposed with this.</param>
    public ParquetStream(string name, string path, FileStream file) : this(name, path, file, Guard(path, () => ReadHead(file, path)))
    {
    }

    ParquetStream(string name, string path, FileStream file, Head head) : base(name, Split.All, head.Count)
    {
        (this.path, this.file, this.head, Source) = (path, file, head, path);
        if (head.Label is not null && Guard(path, ReadLabels) is { } known)
        {
            labels = known.Labels;
            Classes = ClassLabels.Named(known.Classes, Path.GetDirectoryName(file.Name)!, Noticed);
        }
    }

    readonly record struct Head(
        ParquetReader Reader, WindowStream Window, ParquetFooter Footer, DataField Image, DataField? FileName, DataField? Label)
    {
        public long Count => Footer.Groups.Sum(group => group.Rows);
    }

    public override string? Fingerprint => TensorStream.FileFingerprint(file.Name);

    public override void Dispose()
    {
        head.Reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        file.Dispose();
        base.Dispose();
    }

    private protected override int Fill(ImageBatch batch, int count)
    {
        int filled = 0;
        for (; filled < count; filled++, row++)
        {
            while (row == images.Length)
            {
                if (nextGroup == head.Footer.Groups.Length)
                {
                    return filled;
                }
                _ = Guard(path, ReadGroup);
            }
            long number = Position + filled;
            string name = names?[row] ?? number.ToString(CultureInfo.InvariantCulture);
            batch.Set(filled, new PendingImage($"{path}, row {number}", images[row] ?? []), name, labels?[(int)number] ?? 0);
        }
        return filled;
    }

    private protected override long Pass(long count)
    {
        long passed = Math.Min(count, images.Length - row);
        row += (int)passed;
        while (row == images.Length && nextGroup < head.Footer.Groups.Length && head.Footer.Groups[nextGroup].Rows <= count - passed)
        {
            passed += head.Footer.Groups[nextGroup++].Rows;
        }
        return passed;
    }

    async Task<bool> ReadGroup()
    {
        ParquetGroup rows = head.Footer.Groups[nextGroup];
        using ParquetRowGroupReader group = head.Reader.OpenRowGroupReader(nextGroup++);
        Admit(head.Image, rows);
        images = await ImageBytes(group, head.Image, path);
        names = null;
        if (head.FileName is not null)
        {
            Admit(head.FileName, rows);
            names = await Text(group, head.FileName, path);
        }
        row = 0;
        return true;
    }

    // The first row group is read for it, and stays for the images that are asked for first.
    private protected override IReadOnlyList<PendingImage> Sample()
    {
        if (images.Length == 0 && head.Footer.Groups.Length > 0)
        {
            _ = Guard(path, ReadGroup);
        }
        int count = Math.Min(images.Length, SourceSurvey.Images);
        return [.. Enumerable.Range(0, count).Select(i => new PendingImage(path, images[i] ?? []))];
    }

    static async Task<Head> ReadHead(FileStream file, string path)
    {
        ParquetFooter footer = ParquetFooter.Read(file, path);
        var window = new WindowStream(file);
        ParquetReader reader = await ParquetReader.CreateAsync(window);
        ParquetSchema schema = reader.Schema;
        return new(reader, window, footer, FindImage(schema, path), Find(schema, "image/path"), FindLabel(schema, footer));
    }

    // A column's pages are checked, and nothing behind them can be read: whatever the library makes of them, it ends.
    void Admit(DataField field, ParquetGroup group)
    {
        string name = field.Path.ToString();
        ParquetColumn[] found = Array.FindAll(group.Columns, column => column.Path == name);
        if (found is not [ParquetColumn column] || column.Values != group.Rows)
        {
            throw new InvalidDataException($"'{path}': column '{Printable.Line(name)}': expected one value for each of {group.Rows} "
                + $"rows, found {(found.Length == 1 ? found[0].Values : found.Length)}; the column holds lists, or the file is damaged.");
        }
        head.Window.Limit(ParquetPages.RequireSound(file, column, head.Footer.Start, path));
    }

    /// <summary>Runs what Parquet.Net does, and makes bad data of what it throws.</summary>
    internal static T Guard<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        // Parquet.Net and its codecs meet damage with exceptions of their own and with whatever their code runs into: any kind was seen
        // under the fuzz test. A message that starts with a quote has the path already.
        catch (Exception damaged) when (damaged is not (OutOfMemoryException or OperationCanceledException
            or InvalidDataException { Message: ['\'', ..] }))
        {
            throw new InvalidDataException(
                $"'{path}': expected a sound Parquet file, found otherwise: {Printable.Line(damaged.Message).TrimEnd(' ', '.')}. "
                + "Get the file again.", damaged);
        }
    }

    // The library packs the values that are there to the front; a row has one where its definition level is the highest.
    static async Task<T?[]> ReadColumn<TRaw, T>(ParquetRowGroupReader group, DataField field, string path,
        Func<TRaw, T> convert) where TRaw : struct
    {
        if (field.MaxRepetitionLevel != 0)
        {
            throw new InvalidDataException($"'{path}': column '{Printable.Line(field.Path.ToString())}': expected one value for each of "
                + $"{group.RowCount} rows, found lists, which are not read.");
        }
        int length = (int)group.RowCount;
        var values = new TRaw[length];
        int[]? levels = field.MaxDefinitionLevel == 0 ? null : new int[length];
        await group.ReadRawAsync<TRaw>(field, values, Levels(levels), null);
        T?[] rows = new T?[length];
        int next = 0;
        for (int row = 0; row < length; row++)
        {
            if (levels is null || levels[row] == field.MaxDefinitionLevel)
            {
                rows[row] = convert(values[next++]);
            }
        }
        return rows;
    }

    /// <summary>Levels for the library, which takes an array that is null for one that is too short.</summary>
    internal static Memory<int>? Levels(int[]? levels) => levels is null ? default(Memory<int>?) : levels.AsMemory();

    // By type, one by one: the library's own reading of any type is made at run time, which a program compiled ahead of time cannot.
    static Task<byte[]?[]> ImageBytes(ParquetRowGroupReader group, DataField field, string path) =>
        field.ClrType == typeof(ReadOnlyMemory<byte>)
            ? ReadColumn<ReadOnlyMemory<byte>, byte[]>(group, field, path, value => value.ToArray())
            : throw WrongType(field, path, "bytes");

    static Task<string?[]> Text(ParquetRowGroupReader group, DataField field, string path) =>
        field.ClrType == typeof(ReadOnlyMemory<char>)
            ? ReadColumn<ReadOnlyMemory<char>, string>(group, field, path, value => value.ToString())
            : throw WrongType(field, path, "text");

    static Task<long?[]> Integers(ParquetRowGroupReader group, DataField field, string path) => Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.Int64 => ReadColumn<long, long?>(group, field, path, value => value),
        TypeCode.Int32 => ReadColumn<int, long?>(group, field, path, value => value),
        TypeCode.Int16 => ReadColumn<short, long?>(group, field, path, value => value),
        TypeCode.SByte => ReadColumn<sbyte, long?>(group, field, path, value => value),
        TypeCode.Byte => ReadColumn<byte, long?>(group, field, path, value => value),
        _ => throw WrongType(field, path, "integers"),
    };

    static InvalidDataException WrongType(DataField field, string path, string expected) =>
        new($"'{path}': column '{Printable.Line(field.Path.ToString())}': expected {expected}, found {field.ClrType.Name}; convert the "
            + "column.");

    static DataField FindImage(ParquetSchema schema, string path) =>
        Find(schema, "image/bytes") ?? Find(schema, "image")
        ?? schema.DataFields.FirstOrDefault(field => field.ClrType == typeof(ReadOnlyMemory<byte>))
        ?? throw new InvalidDataException($"'{path}': expected a binary column, best image.bytes, found "
            + $"{string.Join(", ", schema.DataFields.Select(field => Printable.Line(field.Path.ToString())))}; name another file.");

    static DataField? Find(ParquetSchema schema, string column) =>
        schema.DataFields.FirstOrDefault(field => field.Path.ToString() == column);
}
