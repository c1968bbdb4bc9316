using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using Kind = Onnx.AttributeProto.Types.AttributeType;

namespace Toolchain.Graph;

/// <summary>Reads ONNX's protobuf form; everything in a file is distrusted until it is checked.</summary>
static class OnnxReader
{
    public static OnnxModel Read(ReadOnlySpan<byte> bytes)
    {
        ModelProto proto = Parse(bytes);
        if (proto.Graph is null || proto.Graph.Node.Count == 0)
        {
            throw new InvalidDataException("not an ONNX model: it holds no graph; expected a file written by an ONNX exporter.");
        }
        try
        {
            return new OnnxModel
            {
                Opset = Opset(proto),
                Name = proto.Graph.Name,
                Documentation = proto.DocString,
                Initializers = [.. proto.Graph.Initializer.Select(tensor => KeyValuePair.Create(tensor.Name, ToTensor(tensor)))],
                Inputs = [.. proto.Graph.Input.Where(input => proto.Graph.Initializer.All(tensor => tensor.Name != input.Name)).Select(ToValue)],
                Outputs = [.. proto.Graph.Output.Select(ToValue)],
                Nodes = [.. proto.Graph.Node.Select(ToNode)],
                Metadata = proto.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value),
            };
        }
        catch (Exception error) when (error is GraphException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"not a readable ONNX model: {error.Message}", error);
        }
    }

    static ModelProto Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidDataException($"not an ONNX model: {bytes.Length} bytes that are no protobuf message ({error.Message})", error);
        }
    }

    static int Opset(ModelProto proto)
    {
        OperatorSetIdProto? foreign = proto.OpsetImport.FirstOrDefault(entry => entry.Domain is not ("" or "ai.onnx"));
        OperatorSetIdProto standard = proto.OpsetImport.FirstOrDefault(entry => entry.Domain is "" or "ai.onnx")
            ?? throw new InvalidDataException("not a readable ONNX model: no version of the default operator domain is stated.");
        return foreign is null
            ? checked((int)standard.Version)
            : throw new InvalidDataException($"operator domain '{foreign.Domain}' is not supported; expected only the default domain.");
    }

    static Node ToNode(NodeProto node)
    {
        var attributes = new Attributes();
        foreach (AttributeProto attribute in node.Attribute)
        {
            attributes[attribute.Name] = ToValue(attribute, node);
        }
        return new Node(node.OpType, node.Name, [.. node.Input], [.. node.Output], attributes);
    }

    static object ToValue(AttributeProto attribute, NodeProto node) => attribute.Type switch
    {
        Kind.Int => attribute.I,
        Kind.Float => attribute.F,
        Kind.String => attribute.S.ToStringUtf8(),
        Kind.Ints => attribute.Ints.ToArray(),
        Kind.Floats => attribute.Floats.ToArray(),
        Kind.Strings => attribute.Strings.Select(text => text.ToStringUtf8()).ToArray(),
        Kind.Tensor => ToTensor(attribute.T),
        _ => throw new GraphException($"node '{node.Name}' ({node.OpType}): attribute '{attribute.Name}' of type {attribute.Type} is not supported."),
    };

    static Value ToValue(ValueInfoProto value)
    {
        TypeProto.Types.Tensor type = value.Type?.TensorType ?? throw new GraphException($"'{value.Name}' is no tensor.");
        return new Value(value.Name, new TensorType((ElementType)type.ElemType, new Shape((type.Shape?.Dim ?? []).Select(ToDim))));
    }

    static Dim ToDim(TensorShapeProto.Types.Dimension dim) => dim.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => dim.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => dim.DimParam,
        _ => Dim.Unknown,
    };

    static TensorData ToTensor(TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            throw new GraphException($"tensor '{tensor.Name}' lies in another file; expected a self-contained model.");
        }
        if (tensor.Dims.Any(size => size < 0))
        {
            throw new GraphException($"tensor '{tensor.Name}' has a negative size in [{string.Join(",", tensor.Dims)}].");
        }
        var type = (ElementType)tensor.DataType;
        ReadOnlyMemory<byte> bytes = tensor.HasRawData ? tensor.RawData.Memory : type switch
        {
            ElementType.Float32 => Bytes<float>(tensor.FloatData),
            ElementType.Float64 => Bytes<double>(tensor.DoubleData),
            ElementType.Int64 => Bytes<long>(tensor.Int64Data),
            ElementType.Int32 => Bytes<int>(tensor.Int32Data),
            ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => tensor.Int32Data.Select(value => unchecked((byte)value)).ToArray(),
            ElementType.Float16 => Bytes<ushort>(tensor.Int32Data.Select(value => unchecked((ushort)value))),
            _ => throw new GraphException($"tensor '{tensor.Name}' has element type {tensor.DataType}, which is not supported."),
        };
        return new TensorData(type, [.. tensor.Dims], bytes);
    }

    static byte[] Bytes<T>(IEnumerable<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values.ToArray().AsSpan()).ToArray();
}
