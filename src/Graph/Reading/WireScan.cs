using Google.Protobuf.Reflection;

namespace Toolchain.Graph.Reading;

/// <summary>
/// Walks the bytes of an ONNX file before anything is decoded: that every field fits its message, and that what comes out will not be far
/// larger than the file. What protobuf itself would only call "invalid" gets a place here: the path of the message and the offset of the
/// byte.
/// </summary>
ref struct WireScan(ReadOnlySpan<byte> bytes)
{
    // ONNX's own reader stops at 100 nested messages; a subgraph takes three.
    const int DeepestMessage = 96;

    // An empty message takes 2 bytes in the file and 150 to 400 once decoded; a packed number takes 1 and becomes 8, held twice at most.
    const int MessageCost = 300, NumberCost = 16;

    // Longer than every name that exporters make; errors repeat names.
    const int LongestName = 4096;

    // Real models stay far below: this is 900,000 messages.
    const long MostOverhead = 256L << 20;

    readonly ReadOnlySpan<byte> bytes = bytes;
    int at;
    long overhead;

    /// <exception cref="InvalidDataException">The bytes are no such message; the text has path and offset.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, MessageDescriptor message) =>
        new WireScan(bytes).Message(message, bytes.Length, new Place(null, message.Name, -1), 0);

    void Message(MessageDescriptor message, int end, Place place, int depth)
    {
        if (depth > DeepestMessage)
        {
            throw Broken(place, $"messages are nested more than {DeepestMessage} deep");
        }
        Spend(MessageCost, place);
        Dictionary<int, int>? counts = null;
        while (at < end)
        {
            int start = at;
            ulong tag = Varint(end, place);
            (int number, int wire) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
            if (number is 0 or > 536870911)
            {
                at = start;
                throw Broken(place, $"field number {number} is none");
            }
            FieldDescriptor? field = message.FindFieldByNumber(number);
            Place inner = field is null ? place : new Place(place, field.Name, field.IsRepeated ? Count(ref counts, number) : -1);
            if (field is not null && !Fits(field, wire))
            {
                at = start;
                throw Broken(inner, $"expected {field.FieldType}, found wire type {wire}");
            }
            Value(field, wire, end, inner, depth);
        }
    }

    void Value(FieldDescriptor? field, int wire, int end, Place place, int depth)
    {
        switch (wire)
        {
            case 0: _ = Varint(end, place); Spend(field is { IsRepeated: true } ? NumberCost : 0, place); break;
            case 1: Skip(8, end, place); break;
            case 5: Skip(4, end, place); break;
            case 2: Delimited(field, end, place, depth); break;
            default: throw Broken(place, $"wire type {wire} is none of ONNX's");
        }
    }

    void Delimited(FieldDescriptor? field, int end, Place place, int depth)
    {
        ulong length = Varint(end, place);
        if (length > (ulong)(end - at))
        {
            throw Broken(place, $"a length of {length} runs past the end of the message, {end - at} bytes are left");
        }
        int stop = at + (int)length;
        switch (field)
        {
            case { FieldType: FieldType.Message }:
                Message(field.MessageType, stop, place, depth + 1);
                break;
            case { IsRepeated: true } when Width(field.FieldType) == 0:
                while (at < stop)
                {
                    _ = Varint(stop, place);
                    Spend(NumberCost, place);
                }
                break;
            case { IsRepeated: true, FieldType: not (FieldType.String or FieldType.Bytes) } when (int)length % Width(field.FieldType) != 0:
                throw Broken(place, $"{length} bytes are no whole number of {field.FieldType} values");
            case { FieldType: FieldType.String, Name: not ("doc_string" or "value") } when stop - at > LongestName
                || bytes[at..stop].IndexOfAnyInRange((byte)0, (byte)31) >= 0:
                throw Broken(place, $"a name of {length} bytes is longer than {LongestName}, or has control characters");
            case { FieldType: FieldType.String or FieldType.Bytes }:
                Spend(field.IsRepeated ? MessageCost : 0, place);
                at = stop;
                break;
            default:
                at = stop;
                break;
        }
    }

    static int Count(ref Dictionary<int, int>? counts, int field)
    {
        counts ??= [];
        return counts[field] = counts.GetValueOrDefault(field, -1) + 1;
    }

    ulong Varint(int end, Place place)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (at >= end)
            {
                throw Broken(place, "the message ends within a number");
            }
            byte next = bytes[at++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }
        throw Broken(place, "a number has more than 10 bytes");
    }

    void Skip(int count, int end, Place place)
    {
        if (count > end - at)
        {
            throw Broken(place, $"a number of {count} bytes runs past the end of the message, {end - at} are left");
        }
        at += count;
    }

    void Spend(int cost, Place place)
    {
        overhead += cost;
        if (overhead > MostOverhead)
        {
            throw Broken(place, $"the file would unpack to far more than its {bytes.Length} bytes: more than {MostOverhead >> 20} MB of "
                + $"messages and numbers");
        }
    }

    static bool Fits(FieldDescriptor field, int wire)
    {
        int own = field.FieldType switch
        {
            FieldType.Message or FieldType.String or FieldType.Bytes => 2,
            FieldType type => Width(type) switch { 4 => 5, 8 => 1, _ => 0 },
        };
        return wire == own || (wire == 2 && field.IsRepeated);
    }

    // Bytes of a number of fixed size; 0 where it is a varint.
    static int Width(FieldType type) => type switch
    {
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => 4,
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => 8,
        FieldType.String or FieldType.Bytes => 1,
        _ => 0,
    };

    readonly InvalidDataException Broken(Place place, string what) => new($"not an ONNX model: at byte {at}, in {place}: {what}.");

    sealed record Place(Place? Outer, string Name, int Index)
    {
        public override string ToString() => $"{(Outer is null ? "" : $"{Outer}.")}{Name}{(Index < 0 ? "" : $"[{Index}]")}";
    }
}
