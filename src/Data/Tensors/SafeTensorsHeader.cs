using System.Text.Json;

namespace Toolchain.Data.Tensors;

/// <summary>The JSON header of a safetensors file.</summary>
static class SafeTensorsHeader
{
    const string MetadataKey = "__metadata__";

    static readonly (TensorKind Kind, string Name)[] Names =
    [
        (TensorKind.Bool, "BOOL"), (TensorKind.UInt8, "U8"), (TensorKind.Int8, "I8"), (TensorKind.Int16, "I16"),
        (TensorKind.Float16, "F16"), (TensorKind.BFloat16, "BF16"), (TensorKind.Int32, "I32"), (TensorKind.Float32, "F32"),
        (TensorKind.Int64, "I64"), (TensorKind.Float64, "F64"), (TensorKind.UInt16, "U16"), (TensorKind.UInt32, "U32"),
        (TensorKind.UInt64, "U64"),
    ];

    /// <summary>One tensor; its bytes are [Begin..End) after the header.</summary>
    public readonly record struct Entry(string Name, TensorKind Kind, long[] Shape, long Begin, long End);

    /// <summary>The header for tensors whose data follows in this order, padded with spaces to a multiple of 8.</summary>
    public static byte[] Write(IReadOnlyList<(string Name, TensorEntry Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            var seen = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
            long offset = 0;
            foreach ((string name, TensorEntry tensor) in tensors)
            {
                if (!seen.Add(name))
                {
                    throw new ArgumentException($"'{nameof(tensors)}' must have distinct names other than {MetadataKey}, had "
                        + $"'{name}' again.", nameof(tensors));
                }
                WriteEntry(json, name, tensor, offset);
                offset += tensor.Data.Length;
            }
            json.WriteEndObject();
        }
        buffer.Write("        "u8[..(int)((8 - buffer.Length % 8) % 8)]);
        return buffer.Length <= SafeTensors.MaxHeaderBytes ? buffer.ToArray()
            : throw new ArgumentException($"'{nameof(metadata)}' and names must fit a header of {SafeTensors.MaxHeaderBytes} bytes, took "
                + $"{buffer.Length}.", nameof(metadata));
    }

    /// <summary>The entries in the order of their data, which is without gaps from 0 to the last entry's end.</summary>
    public static IReadOnlyList<Entry> Parse(byte[] header, string path, out IReadOnlyDictionary<string, string> metadata)
    {
        var entries = new List<Entry>();
        var strings = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new() { MaxDepth = 3, AllowDuplicateProperties = false });
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                {
                    strings = property.Value.EnumerateObject()
                        .ToDictionary(pair => pair.Name, pair => StringOf(pair.Value), StringComparer.Ordinal);
                }
                else
                {
                    entries.Add(ParseEntry(property, path));
                }
            }
        }
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}': offset 8: expected a JSON header of distinct tensors with dtype, shape and "
                + $"data_offsets, found otherwise: {notJson.Message.ReplaceLineEndings(" ")} The file is damaged, get it again.", notJson);
        }
        metadata = strings;
        entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
        long offset = 0;
        foreach (Entry entry in entries)
        {
            if (entry.Begin != offset)
            {
                throw Broken(path, entry.Name, $"its data at {offset}, where the tensor before it ends",
                    $"{entry.Begin}, {(entry.Begin < offset ? "an overlap" : "a hole")}");
            }
            offset = entry.End;
        }
        return entries;
    }

    static void WriteEntry(Utf8JsonWriter json, string name, TensorEntry tensor, long offset)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", Names.First(pair => pair.Kind == tensor.Kind).Name);
        json.WriteStartArray("shape");
        foreach (long length in tensor.Shape)
        {
            json.WriteNumberValue(length);
        }
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Data.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static Entry ParseEntry(JsonProperty property, string path)
    {
        string name = property.Name;
        string? type = null;
        long[]? shape = null, offsets = null;
        foreach (JsonProperty field in property.Value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype": type = StringOf(field.Value); break;
                case "shape": shape = NumbersOf(field.Value); break;
                case "data_offsets": offsets = NumbersOf(field.Value); break;
                default: throw Broken(path, name, "the fields dtype, shape and data_offsets", $"'{field.Name}'");
            }
        }
        if (type is null || shape is null || offsets is not [long begin, long end])
        {
            throw Broken(path, name, "dtype, shape and two data_offsets", "fewer or more");
        }
        int known = Array.FindIndex(Names, pair => pair.Name == type);
        if (known < 0)
        {
            throw Broken(path, name, $"one of the types {string.Join(' ', Names.Select(pair => pair.Name))}", $"'{type}'");
        }
        if (begin < 0 || end < begin || TensorEntry.SizeBytes(Names[known].Kind, shape) is not { } size || size != end - begin)
        {
            throw Broken(path, name, $"data_offsets that fit {type}[{string.Join(',', shape)}]", $"[{begin}, {end}]");
        }
        return new(name, Names[known].Kind, shape, begin, end);
    }

    static string StringOf(JsonElement element) =>
        element.GetString() ?? throw new FormatException("null where a string is due.");

    static long[] NumbersOf(JsonElement element) =>
        [.. element.EnumerateArray().Select(number => number.GetInt64())];

    static InvalidDataException Broken(string path, string name, string expected, string found) =>
        new($"'{path}': offset 8: tensor '{name.ReplaceLineEndings(" ")}': expected {expected}, found {found}; the file is damaged, "
            + "get it again.");
}
