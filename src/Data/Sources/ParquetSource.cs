using System.Globalization;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Toolchain.Data;

/// <summary>
/// Parquet files with encoded images: a column `image` that is a struct with `bytes` (as Hugging Face datasets write it), or any plain binary column; and,
/// where there is one, an integer column `label`.
/// </summary>
static class ParquetSource
{
    public static DigitSet Open(string path, bool skipBad)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, path, skipBad).GetAwaiter().GetResult();
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

    static async Task<DigitSet> Read(FileStream stream, string path, bool skipBad)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
        DataField image = FindImage(reader.Schema, path);
        DataField? fileName = Find(reader.Schema, "image/path"), label = Find(reader.Schema, "label");
        var rows = new DigitRows(path, skipBad);
        long firstRow = 0;
        for (int index = 0; index < reader.RowGroupCount; index++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(index);
            // An encoded image takes more than a byte, so a file of n bytes has fewer than n: a bound against damaged row counts.
            if (group.RowCount < 0 || group.RowCount > stream.Length)
            {
                throw new InvalidDataException($"'{path}': row group {index}: expected at most {stream.Length} rows in as many bytes, found {group.RowCount}; the file is damaged, get it again.");
            }
            byte[]?[] images = await ReadColumn(group, image, path, ImageBytes);
            string?[]? names = fileName is null ? null : await ReadColumn(group, fileName, path, Text);
            long?[]? labels = label is null ? null : await ReadColumn(group, label, path, Integers);
            for (int row = 0; row < images.Length; row++)
            {
                string name = names?[row] ?? (firstRow + row).ToString(CultureInfo.InvariantCulture);
                byte[] bytes = images[row] ?? [];
                rows.Add(name, labels is null ? null : Digit(labels[row], path, firstRow + row), $"{path}, row {firstRow + row}", () => bytes);
            }
            firstRow += group.RowCount;
        }
        return rows.ToSet();
    }

    // The library packs the values that are there to the front; a row has one where its definition level is the highest.
    static async Task<T?[]> ReadColumn<T>(ParquetRowGroupReader group, DataField field, string path, Func<RawColumnData, IReadOnlyList<T>?> valuesOf)
    {
        using RawColumnData column = await group.ReadRawColumnDataBaseAsync(field);
        IReadOnlyList<T> values = valuesOf(column)
            ?? throw new InvalidDataException($"'{path}': column '{field.Path}': expected {typeof(T).Name} values, found {field.ClrType.Name}; convert the column.");
        int[]? levels = field.MaxDefinitionLevel == 0 ? null : column.DefinitionLevels.ToArray();
        int length = levels?.Length ?? values.Count;
        if (field.MaxRepetitionLevel != 0 || length != group.RowCount)
        {
            throw new InvalidDataException($"'{path}': column '{field.Path}': expected one value for each of {group.RowCount} rows, found {length}; lists are not read.");
        }
        T?[] rows = new T?[length];
        int next = 0;
        for (int row = 0; row < length; row++)
        {
            if (levels is null || levels[row] == field.MaxDefinitionLevel)
            {
                rows[row] = values[next++];
            }
        }
        return rows;
    }

    static byte[][]? ImageBytes(RawColumnData column) =>
        column is RawColumnData<ReadOnlyMemory<byte>> data ? [.. data.Values.ToArray().Select(value => value.ToArray())] : null;

    static string[]? Text(RawColumnData column) =>
        column is RawColumnData<ReadOnlyMemory<char>> data ? [.. data.Values.ToArray().Select(value => value.ToString())] : null;

    static long?[]? Integers(RawColumnData column) => column switch
    {
        RawColumnData<long> data => [.. data.Values.ToArray().Select(value => (long?)value)],
        RawColumnData<int> data => [.. data.Values.ToArray().Select(value => (long?)value)],
        RawColumnData<short> data => [.. data.Values.ToArray().Select(value => (long?)value)],
        RawColumnData<sbyte> data => [.. data.Values.ToArray().Select(value => (long?)value)],
        RawColumnData<byte> data => [.. data.Values.ToArray().Select(value => (long?)value)],
        _ => null,
    };

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
