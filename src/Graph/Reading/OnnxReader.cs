using System.Buffers;
using Onnx;
using Kind = Onnx.AttributeProto.Types.AttributeType;

namespace Toolchain.Graph.Reading;

/// <summary>Reads ONNX's protobuf form; everything in a file is distrusted until it is checked.</summary>
sealed class OnnxReader
{
    readonly ParsedModel parsed;
    readonly ExternalData? external;

    OnnxReader(ParsedModel parsed, ExternalData? external) => (this.parsed, this.external) = (parsed, external);

    /// <param name="bytes">Content of the file.</param>
    /// <param name="folder">Where external data may lie; null where there is no file.</param>
    /// <exception cref="InvalidDataException">The bytes are no model that this library reads; the text names the place.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> bytes, string? folder = null) => Read(ModelFile.Parse(bytes), folder);

    /// <exception cref="InvalidDataException">The message is no model that this library reads; the text names the place.</exception>
    public static OnnxModel Read(ParsedModel parsed, string? folder)
    {
        try
        {
            return new OnnxReader(parsed, folder is null ? null : new ExternalData(folder)).ToModel(parsed.Proto);
        }
        catch (GraphException error)
        {
            throw new InvalidDataException($"not a readable ONNX model: {error.Message}", error);
        }
    }

    OnnxModel ToModel(ModelProto proto)
    {
        if (proto.Graph.SparseInitializer.Count > 0 || proto.Functions.Count > 0)
        {
            throw new GraphException($"it has {proto.Graph.SparseInitializer.Count} sparse weights and {proto.Functions.Count} functions; "
                + $"expected neither.");
        }
        GraphOrder.Check(proto.Graph);
        return ToModel(proto.Graph, Opset(proto), parsed.Weights, proto.DocString, Metadata(proto));
    }

    OnnxModel ToModel(GraphProto graph, int opset, IReadOnlyDictionary<int, ReadOnlySequence<byte>> cut, string documentation,
        Dictionary<string, string> metadata)
    {
        HashSet<string> weights = [.. graph.Initializer.Select(tensor => tensor.Name)];
        return new OnnxModel
        {
            Opset = opset,
            Name = graph.Name,
            Documentation = documentation,
            Initializers = [.. graph.Initializer.Select((tensor, i) => At($"graph.initializer[{i}] '{tensor.Name}'", () =>
                KeyValuePair.Create(tensor.Name, TensorReader.Read(tensor, external, cut.TryGetValue(i, out var raw) ? raw : null))))],
            Inputs =
                [.. graph.Input.Where(input => !weights.Contains(input.Name))
                .Select((input, i) => At($"graph.input[{i}] '{input.Name}'", () => ToValue(input)))],
            Outputs = [.. graph.Output.Select((output, i) => At($"graph.output[{i}] '{output.Name}'", () => ToValue(output)))],
            Nodes = [.. graph.Node.Select((node, i) => At(GraphOrder.Place(node, i), () => ToNode(node, opset)))],
            Metadata = metadata,
        };
    }

    static int Opset(ModelProto proto)
    {
        OperatorSetIdProto? foreign = proto.OpsetImport.FirstOrDefault(entry => entry.Domain is not ("" or "ai.onnx"));
        OperatorSetIdProto standard = proto.OpsetImport.FirstOrDefault(entry => entry.Domain is "" or "ai.onnx")
            ?? throw new GraphException("no version of the default operator domain is stated.");
        if (foreign is not null)
        {
            throw new GraphException($"operator domain '{foreign.Domain}' is not supported; expected only the default domain.");
        }
        return standard.Version is >= OnnxModel.LowestOpset and <= OnnxModel.HighestOpset
            ? (int)standard.Version
            : throw new GraphException($"opset {standard.Version} is not supported; expected {OnnxModel.LowestOpset} to "
            + $"{OnnxModel.HighestOpset}.");
    }

    static Dictionary<string, string> Metadata(ModelProto proto)
    {
        var metadata = new Dictionary<string, string>();
        foreach (StringStringEntryProto pair in proto.MetadataProps)
        {
            if (!metadata.TryAdd(pair.Key, pair.Value))
            {
                throw new GraphException($"metadata_props: the key '{pair.Key}' is there twice.");
            }
        }
        return metadata;
    }

    Node ToNode(NodeProto node, int opset)
    {
        if (node.Domain is not ("" or "ai.onnx"))
        {
            throw new GraphException($"operator domain '{node.Domain}' is not supported; expected only the default domain.");
        }
        var attributes = new Attributes();
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attributes.Has(attribute.Name))
            {
                throw new GraphException($"attribute '{attribute.Name}' is there twice.");
            }
            attributes[attribute.Name] = At($"attribute '{attribute.Name}'", () => ToValue(attribute, opset));
        }
        return new Node(node.OpType, node.Name, [.. node.Input], [.. node.Output], attributes);
    }

    object ToValue(AttributeProto attribute, int opset) => attribute.Type switch
    {
        Kind.Int => attribute.I,
        Kind.Float => attribute.F,
        Kind.String => attribute.S.ToStringUtf8(),
        Kind.Ints => attribute.Ints.ToArray(),
        Kind.Floats => attribute.Floats.ToArray(),
        Kind.Strings => attribute.Strings.Select(text => text.ToStringUtf8()).ToArray(),
        Kind.Tensor => TensorReader.Read(attribute.T ?? throw new GraphException("it holds no tensor."), external),
        Kind.Graph when attribute.G is { SparseInitializer.Count: 0 } =>
            ToModel(attribute.G, opset, new Dictionary<int, ReadOnlySequence<byte>>(), "", []),
        _ => throw new GraphException($"its type {attribute.Type} is not supported."),
    };

    static Value ToValue(ValueInfoProto value)
    {
        TypeProto.Types.Tensor type = value.Type?.TensorType ?? throw new GraphException("it is no tensor.");
        TensorShapeProto shape = type.Shape ?? new TensorShapeProto();
        // Sizes that no tensor can have are refused here; which axes are named is the model's affair.
        _ = TensorReader.Elements([.. shape.Dim.Select(dim => dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue
            ? dim.DimValue : 1)]);
        var element = (ElementType)type.ElemType;
        _ = element.SizeBytes();
        return new Value(value.Name, new TensorType(element, new Shape(shape.Dim.Select(ToDim))));
    }

    static Dim ToDim(TensorShapeProto.Types.Dimension dim) => dim.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => dim.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when dim.DimParam != "" => dim.DimParam,
        _ => Dim.Unknown,
    };

    static T At<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (GraphException error)
        {
            throw new GraphException($"{place}: {error.Message}");
        }
    }
}
