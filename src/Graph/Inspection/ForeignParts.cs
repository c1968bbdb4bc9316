using Onnx;
using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Inspection;

/// <summary>What a sound ONNX file may have and this library does not know.</summary>
static class ForeignParts
{
    /// <summary>One line for each; none where the library can read, check and run the model.</summary>
    public static IReadOnlyList<string> Of(ModelProto proto, IReadOnlyDictionary<string, int> operators)
    {
        var parts = new List<string>();
        parts.AddRange(proto.OpsetImport
            .Where(entry => entry.Domain is "" or "ai.onnx" && entry.Version is < OnnxModel.LowestOpset or > OnnxModel.HighestOpset)
            .Select(entry => $"opset {entry.Version} (known are {OnnxModel.LowestOpset} to {OnnxModel.HighestOpset})"));
        int opset = (int)Math.Clamp(proto.OpsetImport.FirstOrDefault(entry => entry.Domain is "" or "ai.onnx")?.Version ?? 0,
            OnnxModel.LowestOpset, OnnxModel.HighestOpset);
        string[] unknown =
            [.. operators.Keys.Where(name => !OperatorRegistry.All.Any(known => known.Name == name && known.MinimumOpset <= opset))];
        if (unknown.Length > 0)
        {
            parts.Add($"operators {string.Join(", ", unknown)}");
        }
        // A domain that no operator uses is no hindrance to anyone else, but our reader wants the default domain alone.
        parts.AddRange(proto.OpsetImport.Where(entry => entry.Domain is not ("" or "ai.onnx")).Select(entry => $"domain {entry.Domain}"));
        int subgraphs = proto.Graph.Node.Where(node => node.OpType is not ("Loop" or "If"))
            .Sum(node => node.Attribute.Sum(attribute => attribute.Graphs.Count + (attribute.G is null ? 0 : 1)));
        AddCount(parts, subgraphs, "subgraphs");
        AddCount(parts, proto.Functions.Count, "functions");
        GraphProto[] graphs = [.. WithSubgraphs(proto.Graph)];
        ValueInfoProto[] values = [.. graphs.SelectMany(graph => graph.Input.Concat(graph.Output))];
        AddCount(parts, graphs.Sum(graph => graph.SparseInitializer.Count), "sparse weights");
        AddCount(parts, values.Count(value => value.Type?.TensorType is null), "inputs or outputs that are no tensors");
        AddCount(parts, graphs.Skip(1).SelectMany(graph => graph.Input.Concat(graph.Output))
            .Count(value => value.Type?.TensorType is { Shape: null }), "inputs or outputs of subgraphs without a shape");
        int[] types = [.. graphs.SelectMany(graph => graph.Initializer).Select(tensor => tensor.DataType)
            .Concat(values.Select(value => value.Type?.TensorType?.ElemType ?? (int)ElementType.Float32))
            .Distinct().Where(type => !Enum.IsDefined((ElementType)type)).Order()];
        parts.AddRange(types.Select(type => $"element type {(TensorProto.Types.DataType)type}"));
        return parts;
    }

    static IEnumerable<GraphProto> WithSubgraphs(GraphProto graph) =>
        [graph, .. graph.Node.SelectMany(node => node.Attribute)
        .SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G)).SelectMany(WithSubgraphs)];

    static void AddCount(List<string> parts, int count, string what)
    {
        if (count > 0)
        {
            parts.Add($"{count} {what}");
        }
    }
}
