using System.Buffers;

namespace Toolchain.Graph.Reading;

/// <summary>
/// Takes the large weights out of a message that was scanned, so that decoding it does not copy them: they are read where they lie in the
/// file.
/// </summary>
static class WeightCut
{
    // ModelProto.graph, GraphProto.initializer, TensorProto.raw_data.
    const int Graph = 7, Initializer = 5, RawData = 9;

    // Below it a copy costs less than the way around it.
    const int SmallestBytes = 4096;

    /// <returns>The message without those weights, and them by their index among the initializers.</returns>
    public static (ReadOnlyMemory<byte> Message, IReadOnlyDictionary<int, ReadOnlySequence<byte>> Weights) Cut(ReadOnlyMemory<byte> bytes)
    {
        var weights = new Dictionary<int, ReadOnlySequence<byte>>();
        int index = -1;
        return (Copy(bytes, Graph, graph => Copy(graph, Initializer, tensor =>
        {
            index++;
            return tensor.Length < SmallestBytes ? tensor : Copy(tensor, RawData, raw =>
            {
                if (raw.Length < SmallestBytes)
                {
                    return raw;
                }
                weights[index] = new ReadOnlySequence<byte>(raw);
                return default;
            });
        })), weights);
    }

    /// <summary>Writes a model without its large weights, and decodes what was written.</summary>
    public static ParsedModel WriteAndRead(OnnxModel model)
    {
        var weights = new Dictionary<int, ReadOnlySequence<byte>>();
        for (int i = 0; i < model.Initializers.Count; i++)
        {
            if (model.Initializers[i].Value.ByteCount >= SmallestBytes)
            {
                weights[i] = model.Initializers[i].Value.Content;
            }
        }
        Onnx.ModelProto proto = Writing.OnnxWriter.ToProto(model, (name, tensor) => tensor.ByteCount < SmallestBytes ? null
            : Writing.OnnxWriter.ToProto(new TensorData(tensor.Type, [0], ReadOnlyMemory<byte>.Empty), name, tensor.Sizes));
        return ModelFile.Parse(Google.Protobuf.MessageExtensions.ToByteArray(proto)) with { Weights = weights };
    }

    // The message with the content of one of its fields replaced.
    static ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> message, int field, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> replace)
    {
        var copy = new MemoryStream();
        int at = 0;
        while (at < message.Length)
        {
            int start = at;
            ulong tag = Varint(message.Span, ref at);
            int length = (tag & 7) switch { 0 => Ahead(message.Span, at), 1 => 8, 5 => 4, _ => (int)Varint(message.Span, ref at) };
            if (tag == ((ulong)field << 3 | 2))
            {
                ReadOnlyMemory<byte> content = replace(message.Slice(at, length));
                copy.WriteByte((byte)tag);
                for (int rest = content.Length; ; rest >>= 7)
                {
                    copy.WriteByte((byte)(rest < 128 ? rest : rest & 127 | 128));
                    if (rest < 128)
                    {
                        break;
                    }
                }
                copy.Write(content.Span);
            }
            else
            {
                copy.Write(message.Span[start..(at + length)]);
            }
            at += length;
        }
        return copy.GetBuffer().AsMemory(0, (int)copy.Length);
    }

    static int Ahead(ReadOnlySpan<byte> bytes, int at)
    {
        int end = at;
        _ = Varint(bytes, ref end);
        return end - at;
    }

    static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }
    }
}
