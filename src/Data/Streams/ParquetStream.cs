using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Toolchain.Data;

/// <summary>
/// Parquet files with encoded images: a column `image` that is a struct with `bytes` (as Hugging Face datasets write it), or any plain binary column; and,
/// where there is one, an integer column `label`. One row group is in memory at a time.
/// </summary>
sealed class ParquetStream : DigitStream
{
    readonly string path;
    readonly FileStream file;
    readonly Head head;
    int nextGroup, row;
    byte[]?[] images = [];
    string?[]? names;
    long?[]? labels;

    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="file">The file, at its start; disposed with this.</param>
    public ParquetStream(string name, string path, FileStream file) : this(name, path, file, Guard(path, () => ReadHead(file, path)))
    {
    }

    ParquetStream(string name, string path, FileStream file, Head head) : base(name, Split.All, head.Count, head.Label is not null)
    {
        (this.path, this.file, this.head, Source) = (path, file, head, path);
    }

    readonly record struct Head(ParquetReader Reader, long Count, DataField Image, DataField? FileName, DataField? Label);

    public override string? Fingerprint => TensorStream.FileFingerprint(file.Name);

    public override void Dispose()
    {
        head.Reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        file.Dispose();
        base.Dispose();
    }

    private protected override int Fill(DigitBatch batch, int count)
    {
        int filled = 0;
        for (; filled < count; filled++, row++)
        {
            while (row == images.Length)
            {
                if (nextGroup == head.Reader.RowGroupCount)
                {
                    return filled;
                }
                _ = Guard(path, ReadGroup);
            }
            long number = Position + filled;
            string name = names?[row] ?? number.ToString(CultureInfo.InvariantCulture);
            batch.Set(filled, new PendingImage($"{path}, row {number}", images[row] ?? []), name, labels is null ? (byte)0 : Digit(labels[row], path, number));
        }
        return filled;
    }

    private protected override long Pass(long count)
    {
        long passed = Math.Min(count, images.Length - row);
        row += (int)passed;
        while (row == images.Length && nextGroup < head.Reader.RowGroupCount && head.Reader.RowGroups[nextGroup].RowCount <= count - passed)
        {
            passed += head.Reader.RowGroups[nextGroup++].RowCount;
        }
        return passed;
    }

    async Task<bool> ReadGroup()
    {
        using ParquetRowGroupReader group = head.Reader.OpenRowGroupReader(nextGroup++);
        images = await ImageBytes(group, head.Image, path);
        names = head.FileName is null ? null : await Text(group, head.FileName, path);
        labels = head.Label is null ? null : await Integers(group, head.Label, path);
        row = 0;
        return true;
    }

    static async Task<Head> ReadHead(FileStream file, string path)
    {
        ParquetReader reader = await ParquetReader.CreateAsync(file);
        return new(reader, CountRows(reader, file.Length, path), FindImage(reader.Schema, path), Find(reader.Schema, "image/path"), Find(reader.Schema, "label"));
    }

    // An encoded image takes more than a byte, so a file of n bytes has fewer than n: a bound against damaged row counts.
    static long CountRows(ParquetReader reader, long length, string path)
    {
        long count = 0;
        for (int index = 0; index < reader.RowGroupCount; index++)
        {
            long rows = reader.RowGroups[index].RowCount;
            if (rows < 0 || rows > length)
            {
                throw new InvalidDataException($"'{path}': row group {index}: expected at most {length} rows in as many bytes, found {rows}; the file is damaged, get it again.");
            }
            count += rows;
        }
        return count;
    }

    static T Guard<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception damaged) when (IsDamage(damaged))
        {
            throw new InvalidDataException($"'{path}': expected a sound Parquet file, found otherwise: {damaged.Message.ReplaceLineEndings(" ")} Get the file again.", damaged);
        }
    }

    // Parquet.Net meets damage with exceptions of its own and with whatever its code runs into; both kinds were seen under the fuzz test.
    static bool IsDamage(Exception exception) =>
        exception.GetType().Assembly == typeof(ParquetReader).Assembly
        || exception is EndOfStreamException or ArgumentException or IndexOutOfRangeException or ArithmeticException or NullReferenceException
            or NotSupportedException or NotImplementedException or InvalidOperationException or InvalidCastException or OutOfMemoryException or KeyNotFoundException
        || (exception is IOException and not FileNotFoundException)
        || (exception is InvalidDataException && !exception.Message.StartsWith('\''));

    // The library packs the values that are there to the front; a row has one where its definition level is the highest.
    static async Task<T?[]> ReadColumn<TRaw, T>(ParquetRowGroupReader group, DataField field, string path, Func<TRaw, T> convert) where TRaw : struct
    {
        if (field.MaxRepetitionLevel != 0)
        {
            throw new InvalidDataException($"'{path}': column '{field.Path}': expected one value for each of {group.RowCount} rows, found lists, which are not read.");
        }
        int length = (int)group.RowCount;
        var values = new TRaw[length];
        int[]? levels = field.MaxDefinitionLevel == 0 ? null : new int[length];
        await group.ReadRawAsync<TRaw>(field, values, levels, null);
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

    // By type, one by one: the library's own reading of any type is made at run time, which a program compiled ahead of time cannot.
    static Task<byte[]?[]> ImageBytes(ParquetRowGroupReader group, DataField field, string path) =>
        field.ClrType == typeof(ReadOnlyMemory<byte>) ? ReadColumn<ReadOnlyMemory<byte>, byte[]>(group, field, path, value => value.ToArray()) : throw WrongType(field, path, "bytes");

    static Task<string?[]> Text(ParquetRowGroupReader group, DataField field, string path) =>
        field.ClrType == typeof(ReadOnlyMemory<char>) ? ReadColumn<ReadOnlyMemory<char>, string>(group, field, path, value => value.ToString()) : throw WrongType(field, path, "text");

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
        new($"'{path}': column '{field.Path}': expected {expected}, found {field.ClrType.Name}; convert the column.");

    static byte Digit(long? label, string path, long row) =>
        label is >= 0 and <= 9 ? (byte)label
            : throw new InvalidDataException($"'{path}': row {row}, column 'label': expected a digit 0..9, found {label?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}; drop the column if it holds no digits.");

    static DataField FindImage(ParquetSchema schema, string path) =>
        Find(schema, "image/bytes") ?? Find(schema, "image")
        ?? schema.DataFields.FirstOrDefault(field => field.ClrType == typeof(ReadOnlyMemory<byte>))
        ?? throw new InvalidDataException($"'{path}': expected a binary column, best image.bytes, found {string.Join(", ", schema.DataFields.Select(field => field.Path.ToString()))}; name another file.");

    static DataField? Find(ParquetSchema schema, string column) =>
        schema.DataFields.FirstOrDefault(field => field.Path.ToString() == column);
}
