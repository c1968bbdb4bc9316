using System.Buffers.Binary;
using System.Text;

namespace Toolchain.Data.Parquet;

/// <summary>One column of one row group, as the footer describes it.</summary>
/// <param name="Path">Names of the column and of what is around it, joined by '/'.</param>
/// <param name="Codec">How pages are packed; 0 for not at all.</param>
/// <param name="Values">Number of values, nulls included.</param>
/// <param name="Start">Offset of the first page.</param>
readonly record struct ParquetColumn(string Path, long Codec, long Values, long Start);

/// <summary>One row group.</summary>
readonly record struct ParquetGroup(long Rows, ParquetColumn[] Columns);

/// <summary>
/// The footer of a Parquet file, read with bounds before Parquet.Net sees the file: Parquet.Net believes counts and lengths, and a damaged
/// one makes it read for ever or ask for gigabytes.
/// </summary>
/// <param name="Start">Offset of the footer: pages end here.</param>
/// <param name="Groups">The row groups.</param>
/// <param name="Features">What Hugging Face's library says of the columns, in JSON; null for none.</param>
sealed record ParquetFooter(long Start, ParquetGroup[] Groups, byte[]? Features)
{
    /// <summary>Most rows of a row group: what is kept for each takes memory even where the file has but one bit for it.</summary>
    public const int MaxGroupRows = 1 << 22;

    // 30,000 row groups of three columns; what is read from it takes about 30 times as much.
    const int MaxBytes = 8 << 20, MaxSchemaDepth = 16;

    const string Advice = "the file is damaged, get it again.";

    /// <summary>Reads and checks the footer.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or larger than is read.</exception>
    public static ParquetFooter Read(FileStream file, string path)
    {
        byte[] tail = new byte[8];
        if (file.Length < 12)
        {
            throw new InvalidDataException($"'{path}': expected a Parquet file of at least 12 bytes, found {file.Length}; the file is "
                + "truncated, get it again.");
        }
        ReadAt(file, file.Length - 8, tail);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(tail), start = file.Length - 8 - length;
        if (!tail.AsSpan(4).SequenceEqual("PAR1"u8) || start < 4 || length > MaxBytes)
        {
            throw new InvalidDataException($"'{path}': offset {file.Length - 8}: expected the length of a footer of at most "
                + $"{Math.Min(MaxBytes, file.Length - 12)} bytes and 'PAR1', found {Convert.ToHexString(tail)}; the file is "
                + "truncated, damaged or encrypted.");
        }
        byte[] bytes = new byte[length];
        ReadAt(file, start, bytes);
        try
        {
            ThriftStruct footer = new ThriftReader(bytes, path, start).Read(ParquetShapes.File);
            ThriftStruct[] schema = [.. footer.Structs(2)];
            int next = 0;
            int leaves = CountLeaves(schema, ref next, 0);
            return next == schema.Length ? new(start,
                [.. footer.Structs(4).Select((group, index) => Group(group, leaves, start, $"'{path}': row group {index}"))],
                footer.Structs(5).FirstOrDefault(pair => pair.Bytes(1).AsSpan().SequenceEqual("huggingface"u8))?.Bytes(2))
                : throw new InvalidDataException($"'{path}': offset {start}: expected {next} schema elements, found {schema.Length}; "
                    + $"{Advice}");
        }
        // A message that starts with a quote has the path already.
        catch (Exception damaged) when (damaged is EndOfStreamException || damaged is InvalidDataException { Message: [not '\'', ..] })
        {
            string found = damaged is InvalidDataException ? damaged.Message : "its end before that";
            throw new InvalidDataException($"'{path}': offset {start}: expected a sound footer of {length} bytes, found {found}; "
                + $"{Advice}", damaged);
        }
    }

    /// <summary>The file's bytes from <paramref name="offset"/> on.</summary>
    internal static void ReadAt(FileStream file, long offset, Span<byte> bytes)
    {
        file.Position = offset;
        file.ReadExactly(bytes);
    }

    // Fields are read by their numbers in parquet.thrift: SchemaElement has num_children (5); KeyValue key (1), value (2); RowGroup columns
    // (1), num_rows (3); ColumnChunk meta_data (3); ColumnMetaData path_in_schema (3), codec (4), num_values (5), and the offsets of data,
    // index and dictionary pages (9, 10, 11). For those of the file see ParquetShapes.File.
    static int CountLeaves(ThriftStruct[] schema, ref int next, int depth)
    {
        if (next >= schema.Length || depth > MaxSchemaDepth)
        {
            throw new InvalidDataException($"a schema of more than {schema.Length} elements or {MaxSchemaDepth} levels");
        }
        ThriftStruct element = schema[next++];
        long children = element.Integer(5) ?? 0;
        if (children == 0)
        {
            return depth == 0 ? 0 : 1;
        }
        int leaves = 0;
        for (long child = 0; child < children; child++)
        {
            leaves += CountLeaves(schema, ref next, depth + 1);
        }
        return children > 0 ? leaves : throw new InvalidDataException($"a schema element of {children} children");
    }

    static ParquetGroup Group(ThriftStruct group, int leaves, long footerStart, string place)
    {
        long rows = group.Integer(3) ?? -1;
        // An encoded image takes more than a byte, so a file of n bytes has fewer than n.
        long most = Math.Min(footerStart, MaxGroupRows);
        if (rows < 0 || rows > most)
        {
            throw new InvalidDataException($"{place}: expected at most {most} rows, found {rows}; the file is damaged, or write smaller "
                + "row groups.");
        }
        ParquetColumn[] columns = [.. group.Structs(1).Select((chunk, index) => Column(chunk, footerStart, $"{place}, column {index}"))];
        return columns.Length == leaves ? new(rows, columns)
            : throw new InvalidDataException($"{place}: expected {leaves} columns, found {columns.Length}; {Advice}");
    }

    static ParquetColumn Column(ThriftStruct chunk, long footerStart, string place)
    {
        ThriftStruct metadata = chunk.Struct(3) is { } given && given.List(3).Count > 0 ? given
            : throw new InvalidDataException($"{place}: expected metadata with a path, found none; the file is damaged or encrypted.");
        // As Parquet.Net has it: the first page is where the least offset is.
        long[] offsets = [.. new[] { metadata.Integer(9), metadata.Integer(10), metadata.Integer(11) }.OfType<long>()
            .Where(offset => offset != 0)];
        long start = offsets.Length == 0 ? -1 : offsets.Min(), values = metadata.Integer(5) ?? -1;
        string name = string.Join('/', metadata.List(3).Select(part => Encoding.UTF8.GetString((byte[])part)));
        return start >= 4 && start < footerStart && values >= 0 ? new(name, metadata.Integer(4) ?? 0, values, start)
            : throw new InvalidDataException($"{place}: expected values between offset 4 and {footerStart}, found {values} values at "
                + $"{start}; {Advice}");
    }
}
