using System.Buffers.Binary;
using System.Text;

namespace Toolchain.Data.Arrow;

/// <summary>
/// A table in a FlatBuffers buffer, as Arrow's metadata are made of. Every offset and length is checked against the buffer before it is
/// followed, so a damaged file costs no more than its own size.
/// </summary>
readonly struct FlatTable
{
    readonly ReadOnlyMemory<byte> buffer;
    readonly int start, fields, fieldCount;

    FlatTable(ReadOnlyMemory<byte> buffer, long start)
    {
        this.buffer = buffer;
        this.start = Checked(buffer, start, 4);
        // The table's first word leads back to the places of its fields: 2 bytes of their length, 2 of the table's, then 2 for each field.
        fields = Checked(buffer, start - Word(buffer, start), 4);
        fieldCount = (BinaryPrimitives.ReadUInt16LittleEndian(buffer.Span[fields..]) - 4) / 2;
        _ = Checked(buffer, fields, 4 + (2 * (long)Math.Max(fieldCount, 0)));
    }

    /// <summary>The table at the root of a buffer.</summary>
    /// <exception cref="InvalidDataException">An offset leads outside the buffer.</exception>
    public static FlatTable Root(ReadOnlyMemory<byte> buffer) => new(buffer, Word(buffer, 0));

    /// <summary>A number of 1, 2, 4 or 8 bytes, or 0 where the field is left out.</summary>
    public long Number(int field, int size)
    {
        long place = PlaceOf(field);
        ReadOnlySpan<byte> bytes = place < 0 ? default : buffer.Span.Slice(Checked(buffer, place, size), size);
        return bytes.Length switch
        {
            0 => 0,
            1 => bytes[0],
            2 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
    }

    /// <summary>A table within this one, or null where it is left out.</summary>
    public FlatTable? Table(int field) => TargetOf(field) is long target ? new(buffer, target) : null;

    /// <summary>A text, or null where it is left out.</summary>
    public string? Text(int field) => TargetOf(field) is null ? null : Encoding.UTF8.GetString(Items(field, 1));

    /// <summary>The tables of a list.</summary>
    public FlatTable[] Tables(int field)
    {
        ReadOnlySpan<byte> offsets = Items(field, 4);
        var tables = new FlatTable[offsets.Length / 4];
        for (int i = 0; i < tables.Length; i++)
        {
            long place = TargetOf(field)!.Value + 4 + (4L * i);
            tables[i] = new(buffer, place + Word(buffer, place));
        }
        return tables;
    }

    /// <summary>The bytes of a list's items, each of <paramref name="size"/> bytes; none where the list is left out.</summary>
    public ReadOnlySpan<byte> Items(int field, int size)
    {
        if (TargetOf(field) is not long target)
        {
            return default;
        }
        long length = (long)(uint)Word(buffer, target) * size;
        return buffer.Span.Slice(Checked(buffer, target + 4, length), (int)length);
    }

    long? TargetOf(int field) => PlaceOf(field) is var place and >= 0 ? place + (uint)Word(buffer, place) : null;

    long PlaceOf(int field)
    {
        int offset = field < fieldCount ? BinaryPrimitives.ReadUInt16LittleEndian(buffer.Span[(fields + 4 + (2 * field))..]) : 0;
        return offset == 0 ? -1 : start + offset;
    }

    static int Word(ReadOnlyMemory<byte> buffer, long place) =>
        BinaryPrimitives.ReadInt32LittleEndian(buffer.Span[Checked(buffer, place, 4)..]);

    static int Checked(ReadOnlyMemory<byte> buffer, long place, long length) =>
        place >= 0 && length >= 0 && place <= buffer.Length - length ? (int)place
        : throw new InvalidDataException($"expected offsets within {buffer.Length} bytes, found {place} with {length} bytes");
}
