using Onnx;
using Toolchain.Graph.Reading;

namespace Toolchain.Graph.Inspection;

/// <summary>Reads off a message what can be said without knowing its operators.</summary>
static class ProtoOutline
{
    /// <exception cref="GraphException">The sizes of a constant are impossible.</exception>
    public static ModelInspection Of(ModelProto proto)
    {
        var operators = new SortedDictionary<string, int>(StringComparer.Ordinal);
        Count(proto.Graph.Node.Concat(proto.Functions.SelectMany(function => function.Node)), operators);
        return new ModelInspection
        {
            Sha256 = "",
            Bytes = 0,
            IrVersion = proto.IrVersion,
            Opsets = proto.OpsetImport.GroupBy(entry => entry.Domain == "" ? "ai.onnx" : entry.Domain)
                .ToDictionary(group => group.Key, group => group.Last().Version),
            Producer = $"{proto.ProducerName} {proto.ProducerVersion}".Trim(),
            Graph = proto.Graph.Name,
            Documentation = proto.DocString,
            Inputs = Describe(proto.Graph.Input.ExceptBy(proto.Graph.Initializer.Select(tensor => tensor.Name), value => value.Name)),
            Outputs = Describe(proto.Graph.Output),
            Operators = operators,
            Parameters = proto.Graph.Initializer.Select((tensor, i) => Elements(tensor, i)).Sum(),
            ExternalFiles = [.. proto.Graph.Initializer.Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External)
                .SelectMany(tensor => tensor.ExternalData).Where(entry => entry.Key == "location").Select(entry => entry.Value).Distinct()],
            Metadata = proto.MetadataProps.GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
            Foreign = ForeignParts.Of(proto, operators),
        };
    }

    static void Count(IEnumerable<NodeProto> nodes, SortedDictionary<string, int> operators)
    {
        foreach (NodeProto node in nodes)
        {
            string name = node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";
            operators[name] = operators.GetValueOrDefault(name) + 1;
            foreach (AttributeProto attribute in node.Attribute)
            {
                Count(attribute.Graphs.Concat(attribute.G is null ? [] : [attribute.G]).SelectMany(graph => graph.Node), operators);
            }
        }
    }

    static long Elements(TensorProto tensor, int index)
    {
        try
        {
            return TensorReader.Elements(tensor.Dims);
        }
        catch (GraphException error)
        {
            throw new GraphException($"graph.initializer[{index}] '{tensor.Name}': {error.Message}");
        }
    }

    static string[] Describe(IEnumerable<ValueInfoProto> values) => [.. values.Select(value => $"{value.Name}: {Describe(value.Type)}")];

    static string Describe(TypeProto? type)
    {
        if (type?.TensorType is not TypeProto.Types.Tensor tensor)
        {
            return type is null ? "no type" : type.ValueCase.ToString();
        }
        string element = Enum.IsDefined((ElementType)tensor.ElemType) ? $"{(ElementType)tensor.ElemType}"
            : $"{(TensorProto.Types.DataType)tensor.ElemType}";
        return tensor.Shape is null ? $"{element} of unknown rank"
            : $"{element} [{string.Join(",", tensor.Shape.Dim.Take(TensorReader.MostAxes).Select(Describe))}]";
    }

    static string Describe(TensorShapeProto.Types.Dimension dim) => dim.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue =>
            dim.DimValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => dim.DimParam,
        _ => "?",
    };
}
