using System.Buffers.Binary;

namespace Toolchain.Data.Parquet;

/// <summary>
/// Reads structs of Thrift's compact protocol with every count and length checked against the bytes that are there, so that it ends on any
/// input. Fields must have the type that is known for them: Parquet.Net does not look at types, and would take another field's bytes for a
/// count. Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
/// </summary>
/// <param name="bytes">The structs, one after another.</param>
/// <param name="path">Named in errors.</param>
/// <param name="offset">Where in the file the bytes start.</param>
ref struct ThriftReader(ReadOnlySpan<byte> bytes, string path, long offset)
{
    // Types on the wire: 1 and 2 are true and false.
    const int True = 1, False = 2, Byte = 3, Int16 = 4, Int64 = 6, Double = 7, Binary = 8, List = 9, Struct = 12;

    readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Reads a struct.</summary>
    /// <exception cref="EndOfStreamException">The bytes end within the struct.</exception>
    /// <exception cref="InvalidDataException">It has other fields than are known.</exception>
    public ThriftStruct Read(ThriftShape shape)
    {
        var read = new ThriftStruct();
        int number = 0;
        while (Next() is var header and not 0)
        {
            int start = Position - 1, step = header >> 4;
            number = (short)(step == 0 ? ZigZag(Varint()) : number + step);
            ThriftField? known = shape[number];
            if (known is null ? !IsScalar(header & 15) : !Fits(known.Type, header & 15))
            {
                throw Broken(start, $"field {number} of type {known?.Type.ToString() ?? "Integer"}", $"wire type {header & 15}");
            }
            object value = known is null ? Scalar(header & 15) : Value(known, header & 15);
            if (known is not null && read.Has(number))
            {
                throw Broken(start, $"field {number} once", "it again");
            }
            read.Add(number, value);
        }
        return read;
    }

    object Value(ThriftField field, int wire) => field.Type switch
    {
        ThriftType.List => Elements(field),
        ThriftType.Struct => Read(field.Inner!),
        _ => Scalar(wire),
    };

    List<object> Elements(ThriftField field)
    {
        int start = Position, head = Next();
        ulong count = head >> 4 == 15 ? Varint() : (ulong)(head >> 4);
        if (!Fits(field.Element, head & 15) || count > (ulong)(bytes.Length - Position))
        {
            throw Broken(start, $"a list of {field.Element} that fits {bytes.Length - Position} bytes",
                $"{count} elements of wire type {head & 15}");
        }
        var elements = new List<object>((int)Math.Min(count, 1024));
        for (ulong i = 0; i < count; i++)
        {
            elements.Add(field.Element == ThriftType.Struct ? Read(field.Inner!) : field.Element == ThriftType.Flag
                ? Next() == True : Scalar(head & 15));
        }
        return elements;
    }

    object Scalar(int wire)
    {
        switch (wire)
        {
            case True: return true;
            case False: return false;
            case Byte: return (long)(sbyte)Next();
            case Double: return BinaryPrimitives.ReadDoubleLittleEndian(Take(8));
            case Binary: return Take(Varint()).ToArray();
            default: return ZigZag(Varint());
        }
    }

    static bool IsScalar(int wire) => wire is >= True and <= Binary;

    static bool Fits(ThriftType type, int wire) => type switch
    {
        ThriftType.Flag => wire is True or False,
        ThriftType.Byte => wire == Byte,
        ThriftType.Integer => wire is >= Int16 and <= Int64,
        ThriftType.Double => wire == Double,
        ThriftType.Bytes => wire == Binary,
        ThriftType.List => wire == List,
        _ => wire == Struct,
    };

    static long ZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = Next();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw Broken(Position, "an integer of at most 10 bytes", "more");
    }

    int Next() => Take(1)[0];

    ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(bytes.Length - Position))
        {
            throw new EndOfStreamException();
        }
        Position += (int)count;
        return bytes.Slice(Position - (int)count, (int)count);
    }

    readonly InvalidDataException Broken(int at, string expected, string found) =>
        new($"'{path}': offset {offset + at}: expected {expected}, found {found}; the Parquet file is damaged, get it again.");
}
