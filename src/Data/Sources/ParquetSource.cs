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

    // What Parquet.Net throws on damaged files is not documented; these were seen under the fuzz test.
    static bool IsDamage(Exception exception) =>
        exception is ParquetException or EndOfStreamException or ArgumentException or IndexOutOfRangeException or OverflowException or NullReferenceException
            or NotSupportedException or NotImplementedException or InvalidOperationException or InvalidCastException or OutOfMemoryException or KeyNotFoundException
        || (exception is IOException and not FileNotFoundException);

    static async Task<DigitSet> Read(FileStream stream, string path, bool skipBad)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
        DataField image = FindImage(reader.Schema, path);
        DataField? fileName = Find(reader.Schema, "image/path");
        DataField? label = Find(reader.Schema, "label");
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
            byte[]?[] images = new byte[group.RowCount][];
            await group.ReadAsync(image, images.AsMemory()!);
            string?[] names = new string[group.RowCount];
            if (fileName is not null)
            {
                await group.ReadAsync(fileName, names.AsMemory()!);
            }
            byte[]? labels = label is null ? null : await ReadLabels(group, label, path, firstRow);
            for (int row = 0; row < images.Length; row++)
            {
                string name = names[row] ?? (firstRow + row).ToString(CultureInfo.InvariantCulture);
                byte[] bytes = images[row] ?? [];
                rows.Add(name, labels?[row], $"{path}, row {firstRow + row}", () => bytes);
            }
            firstRow += group.RowCount;
        }
        return rows.ToSet();
    }

    static async Task<byte[]> ReadLabels(ParquetRowGroupReader group, DataField field, string path, long firstRow)
    {
        using RawColumnData column = await group.ReadRawColumnDataBaseAsync(field);
        long?[] values = column switch
        {
            RawColumnData<long> data => Widen(data, value => value),
            RawColumnData<int> data => Widen(data, value => value),
            RawColumnData<short> data => Widen(data, value => value),
            RawColumnData<sbyte> data => Widen(data, value => value),
            RawColumnData<byte> data => Widen(data, value => value),
            _ => throw new InvalidDataException($"'{path}': column 'label': expected integers, found {field.ClrType.Name}; convert the column, or drop it."),
        };
        int wrong = Array.FindIndex(values, value => value is not (>= 0 and <= 9));
        return wrong < 0 ? [.. values.Select(value => (byte)value!)]
            : throw new InvalidDataException($"'{path}': row {firstRow + wrong}, column 'label': expected a digit 0..9, found {values[wrong]?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}; drop the column if it holds no digits.");

        long?[] Widen<T>(RawColumnData<T> data, Func<T, long> widen) where T : struct =>
            field.IsNullable
                ? [.. data.NullableValues.ToArray().Select(value => value is { } known ? widen(known) : (long?)null)]
                : [.. data.Values.ToArray().Select(value => (long?)widen(value))];
    }

    static DataField FindImage(ParquetSchema schema, string path) =>
        Find(schema, "image/bytes") ?? Find(schema, "image")
        ?? schema.DataFields.FirstOrDefault(field => field.ClrType == typeof(byte[]))
        ?? throw new InvalidDataException($"'{path}': expected a binary column, best image.bytes, found {string.Join(", ", schema.DataFields.Select(field => field.Path.ToString()))}; name another file.");

    static DataField? Find(ParquetSchema schema, string column) =>
        schema.DataFields.FirstOrDefault(field => field.Path.ToString() == column);
}
