using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Toolchain.Graph.Tests;

/// <summary>Damages ONNX files: blindly, and with the format in mind.</summary>
sealed class Mutations(Random random, IReadOnlyList<byte[]> seeds)
{
    static readonly long[] numbers = [0, 1, -1, 2, 7, 64, 65, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 31, 1L << 40, long.MaxValue,
        long.MinValue];

    public byte[] Next()
    {
        byte[] bytes = [.. Pick(seeds)];
        return random.Next(8) switch
        {
            0 => Flip(bytes),
            1 => bytes[..random.Next(bytes.Length)],
            2 => Overwrite(bytes),
            3 => Splice(bytes),
            _ => Restructure(bytes),
        };
    }

    T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    byte[] Flip(byte[] bytes)
    {
        for (int flips = random.Next(1, 9); flips > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }
        return bytes;
    }

    // Lengths and numbers of many kinds, where lengths and numbers may be.
    byte[] Overwrite(byte[] bytes)
    {
        int count = Math.Min(random.Next(1, 11), bytes.Length), at = random.Next(bytes.Length - count + 1);
        bytes.AsSpan(at, count).Fill(Pick<byte>([0, 1, 0x7f, 0x80, 0xff]));
        return bytes;
    }

    byte[] Splice(byte[] bytes)
    {
        byte[] other = Pick(seeds);
        (int cut, int from) = (random.Next(bytes.Length), random.Next(other.Length));
        return [.. bytes.AsSpan(0, cut), .. other.AsSpan(from, random.Next(other.Length - from)),
            .. bytes.AsSpan(Math.Min(bytes.Length, cut + random.Next(64)))];
    }

    // A message that is well-formed, with wrong content.
    byte[] Restructure(byte[] bytes)
    {
        IMessage model = Onnx.ModelProto.Parser.ParseFrom(bytes);
        var messages = new List<IMessage>();
        Collect(model, messages);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            IMessage message = Pick<IMessage>(messages);
            FieldDescriptor field = Pick<FieldDescriptor>([.. message.Descriptor.Fields.InDeclarationOrder()]);
            if (field.IsRepeated)
            {
                Change((System.Collections.IList)field.Accessor.GetValue(message), field, messages);
            }
            else if (Value(field, messages) is object value)
            {
                field.Accessor.SetValue(message, value);
            }
        }
        try
        {
            return model.ToByteArray();
        }
        catch (InvalidOperationException)
        {
            // A message that was put into itself.
            return bytes;
        }
    }

    void Change(System.Collections.IList list, FieldDescriptor field, List<IMessage> messages)
    {
        int at = list.Count == 0 ? 0 : random.Next(list.Count);
        switch (random.Next(list.Count == 0 ? 1 : 4))
        {
            case 0: if (Value(field, messages) is object value) { list.Insert(at, value); } break;
            case 1: list.RemoveAt(at); break;
            case 2: list.Add(list[at]); break;
            default: (list[0], list[at]) = (list[at], list[0]); break;
        }
    }

    object? Value(FieldDescriptor field, List<IMessage> messages) => field.FieldType switch
    {
        FieldType.Int64 => Pick(numbers),
        FieldType.UInt64 => (ulong)Pick(numbers),
        FieldType.Int32 => random.Next(4) > 0 ? random.Next(24) : (int)Pick(numbers),
        FieldType.Float => Pick<float>([0, 1, -1, float.NaN, float.PositiveInfinity, 1e38f]),
        FieldType.Double => Pick<double>([0, 1, double.NaN, 1e308]),
        FieldType.String => Pick<string>(["", "x", "y", "w", "Add", "Conv", "Reshape", "axis", "perm", "\uffff", new string('n', 300)]),
        FieldType.Bytes => ByteString.CopyFrom(new byte[random.Next(33)]),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(16)),
        // A clone: a message inside of itself has no end.
        FieldType.Message when messages.Where(message => message.Descriptor == field.MessageType).ToArray() is { Length: > 0 } same =>
            field.MessageType.Parser.ParseFrom(Pick<IMessage>(same).ToByteArray()),
        _ => null,
    };

    static void Collect(IMessage message, List<IMessage> into)
    {
        into.Add(message);
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder()
            .Where(field => field.FieldType == FieldType.Message))
        {
            object? value = field.Accessor.GetValue(message);
            foreach (IMessage inner in value is System.Collections.IList list ? list.Cast<IMessage>() : value is IMessage one ? [one] : [])
            {
                Collect(inner, into);
            }
        }
    }
}
