using System.Globalization;
using System.Text;
using Toolchain.Data;

namespace Toolchain.Inference;

/// <summary>
/// The places outside a model file that its tensors name, found by a walk over the protobuf wire format (onnx.proto's field numbers). ONNX
/// Runtime would read them by rules of its own; here they are held to <see cref="ExternalFile"/> before it sees the model.
/// </summary>
static class ExternalWeights
{
    enum Message
    {
        Other,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        SparseTensor,
        Function,
        Entry,
    }

    // ONNX's own reader stops at 100 nested messages.
    const int DeepestMessage = 100;

    /// <summary>The files, each once.</summary>
    /// <param name="model">Content of the model file.</param>
    /// <param name="folder">The model's folder; null where it has none, and no weights may lie outside.</param>
    /// <exception cref="InvalidDataException">A place is not allowed, or its file is smaller than what is wanted of it.</exception>
    public static IEnumerable<FileInfo> Of(ReadOnlyMemory<byte> model, string? folder)
    {
        var places = new List<Dictionary<string, string>>();
        Walk(model, Message.Model, 0, places, []);
        var files = new SortedDictionary<string, FileInfo>(StringComparer.Ordinal);
        foreach (Dictionary<string, string> place in places)
        {
            string location = place.GetValueOrDefault("location", "");
            if (!files.TryGetValue(location, out FileInfo? file))
            {
                files[location] = file = folder is not null
                    ? ExternalFile.Resolve(folder, location)
                    : throw new InvalidDataException($"external data lies at '{location}'; expected a model with all its weights in one "
                    + $"file.");
            }
            (long offset, long length) = (Number(place, "offset"), Number(place, "length"));
            if (offset > file.Length || length > file.Length - offset)
            {
                throw new InvalidDataException(
                    $"external data '{location}' has {file.Length} bytes, but {length} from byte {offset} are wanted.");
            }
        }
        return files.Values;
    }

    // Damage ends the walk: the runtime refuses the model itself.
    static void Walk(ReadOnlyMemory<byte> bytes, Message message, int depth, List<Dictionary<string, string>> places,
        Dictionary<string, string> place)
    {
        (string key, string value) = ("", "");
        int at = 0;
        while (at < bytes.Length && depth < DeepestMessage && Varint(bytes.Span, ref at) is ulong tag)
        {
            int field = (int)Math.Min(tag >> 3, int.MaxValue);
            switch (tag & 7)
            {
                case 0:
                    _ = Varint(bytes.Span, ref at);
                    continue;
                case 1:
                    at += 8;
                    continue;
                case 5:
                    at += 4;
                    continue;
                case 2 when Varint(bytes.Span, ref at) is ulong length && length <= (ulong)(bytes.Length - at):
                    ReadOnlyMemory<byte> content = bytes.Slice(at, (int)length);
                    at += content.Length;
                    Enter(field, content);
                    continue;
                default:
                    return;
            }
        }
        if (message == Message.Entry)
        {
            place[key] = value;
        }
        if (message == Message.Tensor && place.Count > 0)
        {
            places.Add(place);
        }

        void Enter(int field, ReadOnlyMemory<byte> content)
        {
            if (message == Message.Entry)
            {
                (key, value) = field == 1 ? (Encoding.UTF8.GetString(content.Span), value) : (key, Encoding.UTF8.GetString(content.Span));
            }
            else if (Inside(message, field) is var inner and not Message.Other)
            {
                Walk(content, inner, depth + 1, places, inner == Message.Tensor ? [] : place);
            }
        }
    }

    // Fields that hold tensors, or messages that do.
    static Message Inside(Message message, int field) => (message, field) switch
    {
        (Message.Model, 7) or (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Node, 5) or (Message.Function, 11) => Message.Attribute,
        (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.SparseTensor, 1 or 2) => Message.Tensor,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.Tensor, 13) => Message.Entry,
        _ => Message.Other,
    };

    static ulong? Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }
        return null;
    }

    static long Number(Dictionary<string, string> place, string key) => !place.TryGetValue(key, out string? text) ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
        : throw new InvalidDataException($"external data has {key} '{text}'; expected a whole number of bytes.");
}
