using Google.Protobuf;
using Onnx;
using Kind = Onnx.AttributeProto.Types.AttributeType;

namespace Toolchain.Graph.Writing;

/// <summary>Writes a model in ONNX's protobuf form: no clock, no machine, stable order.</summary>
static class OnnxWriter
{
    /// <param name="model">The model.</param>
    /// <param name="weightOf">
    /// A weight as it is to be written, or null for one that is written whole; null for a self-contained file.
    /// </param>
    public static ModelProto ToProto(OnnxModel model, Func<string, TensorData, TensorProto?>? weightOf = null)
    {
        var proto = new ModelProto { IrVersion = model.IrVersion, ProducerName = "uvl", Graph = ToGraph(model, weightOf) };
        proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = model.Opset });
        if (model.Documentation != "")
        {
            proto.DocString = model.Documentation;
        }
        proto.MetadataProps.AddRange(model.Metadata
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return proto;
    }

    static GraphProto ToGraph(OnnxModel model, Func<string, TensorData, TensorProto?>? weightOf = null)
    {
        var graph = new GraphProto { Name = model.Name };
        graph.Node.AddRange(model.Nodes.Select(ToProto));
        graph.Initializer.AddRange(
            model.Initializers.Select(pair => weightOf?.Invoke(pair.Key, pair.Value) ?? ToProto(pair.Value, pair.Key)));
        graph.Input.AddRange(model.Inputs.Select(ToProto));
        graph.Output.AddRange(model.Outputs.Select(ToProto));
        return graph;
    }

    static NodeProto ToProto(Node node)
    {
        var proto = new NodeProto { OpType = node.Op, Name = node.Name };
        proto.Input.AddRange(node.Inputs);
        proto.Output.AddRange(node.Outputs);
        proto.Attribute.AddRange(node.Attributes.Select(pair => ToProto(pair.Key, pair.Value)));
        return proto;
    }

    static AttributeProto ToProto(string name, object value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case long number: proto.Type = Kind.Int; proto.I = number; break;
            case float number: proto.Type = Kind.Float; proto.F = number; break;
            case string text: proto.Type = Kind.String; proto.S = ByteString.CopyFromUtf8(text); break;
            case long[] numbers: proto.Type = Kind.Ints; proto.Ints.AddRange(numbers); break;
            case float[] numbers: proto.Type = Kind.Floats; proto.Floats.AddRange(numbers); break;
            case string[] texts: proto.Type = Kind.Strings; proto.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8)); break;
            case TensorData tensor: proto.Type = Kind.Tensor; proto.T = ToProto(tensor, ""); break;
            case OnnxModel body: proto.Type = Kind.Graph; proto.G = ToGraph(body); break;
        }
        return proto;
    }

    /// <summary>A tensor with its content; the sizes are its own unless others are stated.</summary>
    public static TensorProto ToProto(TensorData tensor, string name, IReadOnlyList<long>? sizes = null)
    {
        var proto = new TensorProto { DataType = (int)tensor.Type, RawData = UnsafeByteOperations.UnsafeWrap(tensor.Bytes) };
        if (name != "")
        {
            proto.Name = name;
        }
        proto.Dims.AddRange(sizes ?? tensor.Sizes);
        return proto;
    }

    static ValueInfoProto ToProto(Value value)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(value.Shape.Select(ToProto));
        return new ValueInfoProto
        {
            Name = value.Name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)value.Type.Element, Shape = shape } },
        };
    }

    static TensorShapeProto.Types.Dimension ToProto(Dim dim)
    {
        var proto = new TensorShapeProto.Types.Dimension();
        if (dim.Size is long size)
        {
            proto.DimValue = size;
        }
        else if (dim.Name is string name)
        {
            proto.DimParam = name;
        }
        return proto;
    }
}
