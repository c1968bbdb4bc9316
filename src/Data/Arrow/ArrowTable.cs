using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Toolchain.Data.Arrow;

/// <summary>
/// Columns of numbers in an Arrow IPC file (Arrow columnar format, "IPC File Format"): whole numbers, and lists of fixed size of float32;
/// uncompressed, without gaps. No more is read than the file is long.
/// </summary>
sealed class ArrowTable
{
    const int MagicBytes = 6, BlockBytes = 24, BufferBytes = 16;

    // The numbers of types in Arrow's Schema.fbs, Single among the precisions of Floating, and what a message is in its Message.fbs. Fields
    // are read by their places there and in File.fbs: Footer has schema (1), recordBatches (3); Schema fields (1); Field name (0), the
    // type's number (2) and table (3), children (5); Message the header's number (1) and table (2); RecordBatch length (0), buffers (2),
    // compression (3); Int bitWidth (0), is_signed (1); FloatingPoint precision (0); FixedSizeList listSize (0).
    const int Whole = 2, Floating = 3, Single = 1, Utf8 = 5, FixedSizeList = 16, RecordBatch = 3;

    readonly FileStream file;
    readonly List<ArrowField> fields = [];
    readonly FlatTable footer;
    long unread;

    /// <param name="file">The file, of any position; not disposed.</param>
    /// <exception cref="InvalidDataException">It is damaged, or has columns of types that are not read.</exception>
    public ArrowTable(FileStream file)
    {
        (this.file, unread) = (file, file.Length);
        long end = file.Length - MagicBytes - 4;
        int length = end < MagicBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(Bytes(end, 4));
        if (length < 0 || length > end || !Bytes(end + 4, MagicBytes).AsSpan().SequenceEqual("ARROW1"u8))
        {
            throw new InvalidDataException("expected an Arrow footer at its end, found none; the file is cut or a stream");
        }
        footer = FlatTable.Root(Bytes(end - length, length));
        int buffer = 0;
        foreach (FlatTable field in (footer.Table(1) ?? throw new InvalidDataException("expected a schema, found none")).Tables(1))
        {
            fields.Add(FieldOf(field, buffer));
            buffer += fields[^1].BufferCount;
        }
    }

    /// <summary>Floats in a row of a list, or 0 where there is no such column.</summary>
    public int WidthOf(string name) => Find(name, field => field.Width > 0)?.Width ?? 0;

    /// <summary>Rows of a list's floats [M*width], record batch by record batch, or null where there is no such column.</summary>
    public IEnumerable<float[]>? Floats(string name) =>
        Find(name, field => field.Width > 0) is ArrowField field ? Batches(field, field.Width, 4).Select(Singles) : null;

    /// <summary>A column of whole numbers [N], or null where there is none.</summary>
    public long[]? Integers(string name) =>
        Find(name, field => field.IntegerBytes > 0) is ArrowField field
            ? [.. Batches(field, 1, field.IntegerBytes).SelectMany(bytes => Integers(bytes, field))] : null;

    ArrowField? Find(string name, Predicate<ArrowField> isUsable) => fields.Find(field => field.Name == name && isUsable(field));

    // The bytes of a column's values, record batch by record batch: a row has width numbers of size bytes each.
    IEnumerable<byte[]> Batches(ArrowField field, int width, int size)
    {
        byte[] blocks = footer.Items(3, BlockBytes).ToArray();
        for (int at = 0; at < blocks.Length; at += BlockBytes)
        {
            long start = BinaryPrimitives.ReadInt64LittleEndian(blocks.AsSpan(at));
            int length = BinaryPrimitives.ReadInt32LittleEndian(blocks.AsSpan(at + 8));
            // Before the message: the mark of its beginning and its length, 4 bytes each.
            FlatTable message = FlatTable.Root(Bytes(start + 8, length - 8L));
            FlatTable batch = (message.Number(1, 1) == RecordBatch ? message.Table(2) : null)
                ?? throw new InvalidDataException($"offset {start}: expected a record batch, found another message");
            (long rows, long place, long bytes) = (batch.Number(0, 8), 0, 0);
            ReadOnlySpan<byte> buffers = batch.Items(2, BufferBytes);
            int entry = field.ValueBuffer * BufferBytes;
            if (entry + BufferBytes <= buffers.Length)
            {
                place = BinaryPrimitives.ReadInt64LittleEndian(buffers[entry..]);
                bytes = BinaryPrimitives.ReadInt64LittleEndian(buffers[(entry + 8)..]);
            }
            bool isWhole = batch.Table(3) is null && rows >= 0 && rows <= bytes / ((long)width * size) && place >= 0
                && place <= file.Length;
            yield return isWhole ? Bytes(start + length + place, rows * width * size) : throw new InvalidDataException(
                $"offset {start}: column '{Printable.Line(field.Name)}': expected {rows} rows of {width} numbers uncompressed, found "
                + $"{bytes} bytes{(batch.Table(3) is null ? "" : ", compressed")}");
        }
    }

    static ArrowField FieldOf(FlatTable field, int buffer)
    {
        string name = field.Text(0) ?? "";
        FlatTable? type = field.Table(3);
        switch (field.Number(2, 1))
        {
            case Whole when type is FlatTable whole && whole.Number(0, 4) is 8 or 16 or 32 or 64:
                return new(name, 2, buffer + 1, 0, (int)(type.Value.Number(0, 4) / 8), type.Value.Number(1, 1) != 0);
            case Floating:
                return new(name, 2, buffer + 1, 0, 0, false);
            case Utf8:
                return new(name, 3, buffer + 2, 0, 0, false);
            case FixedSizeList when type is FlatTable list && field.Tables(5) is [var item] && item.Number(2, 1) == Floating
                && item.Table(3)?.Number(0, 2) == Single && list.Number(0, 4) is > 0 and var width:
                return new(name, 3, buffer + 2, (int)width, 0, false);
            default:
                throw new InvalidDataException($"column '{Printable.Line(name)}': expected text, numbers or lists of fixed size of "
                    + $"float32, found Arrow's type {field.Number(2, 1)}");
        }
    }

    static float[] Singles(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    static long[] Integers(byte[] bytes, ArrowField field)
    {
        var values = new long[bytes.Length / field.IntegerBytes];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> value = bytes.AsSpan(i * field.IntegerBytes, field.IntegerBytes);
            values[i] = (field.IntegerBytes, field.IsSigned) switch
            {
                (1, false) => value[0],
                (1, true) => (sbyte)value[0],
                (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(value),
                (2, true) => BinaryPrimitives.ReadInt16LittleEndian(value),
                (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(value),
                (4, true) => BinaryPrimitives.ReadInt32LittleEndian(value),
                _ => BinaryPrimitives.ReadInt64LittleEndian(value),
            };
        }
        return values;
    }

    byte[] Bytes(long place, long length)
    {
        if (place < 0 || length < 0 || length > unread || place > file.Length - length)
        {
            throw new InvalidDataException($"offset {place}: expected {length} bytes within {file.Length}, found fewer, or "
                + "read more than once");
        }
        unread -= length;
        byte[] bytes = new byte[length];
        file.Position = place;
        file.ReadExactly(bytes);
        return bytes;
    }

    // BufferCount: validity and values; a text has offsets between them, a list the validity of its items. ValueBuffer: the number of its
    // values' buffer within a batch. Width: floats of a list. IntegerBytes: 0 for no whole numbers.
    sealed record ArrowField(string Name, int BufferCount, int ValueBuffer, int Width, int IntegerBytes, bool IsSigned);
}
