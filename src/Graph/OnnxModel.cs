namespace Toolchain.Graph;

/// <summary>A graph with its weights, opset and metadata: what one <c>.onnx</c> file holds.</summary>
public sealed class OnnxModel
{
    /// <summary>Oldest version of the operators that is written and read.</summary>
    public const int LowestOpset = 13;

    /// <summary>Newest version of the operators that is written and read.</summary>
    public const int HighestOpset = 23;

    /// <summary>Version of the default operator domain, 13..23.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Lowest version of the file format that allows <see cref="Opset"/>.</summary>
    public int IrVersion => Opset switch { <= 14 => 7, <= 18 => 8, <= 20 => 9, <= 22 => 10, _ => 11 };

    /// <summary>Name of the graph.</summary>
    public string Name { get; init; } = "model";

    /// <summary>Text for a reader of the file.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>Inputs in the order of the caller's arguments.</summary>
    public required IReadOnlyList<Value> Inputs { get; init; }

    /// <summary>Outputs in order.</summary>
    public required IReadOnlyList<Value> Outputs { get; init; }

    /// <summary>Constant tensors by name, in order of definition.</summary>
    public required IReadOnlyList<KeyValuePair<string, TensorData>> Initializers { get; init; }

    /// <summary>Nodes, each after the nodes whose outputs it takes.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>Free texts by key (ONNX's metadata_props); written in ordinal order of the keys.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Size of all constant tensors.</summary>
    public long WeightBytes => Initializers.Sum(pair => pair.Value.ByteCount);

    /// <summary>The same model with other metadata.</summary>
    public OnnxModel WithMetadata(IReadOnlyDictionary<string, string> metadata) => Copy(Nodes, Initializers, metadata);

    /// <summary>The same model with what <paramref name="replace"/> makes of each weight: a tensor of its type and sizes.</summary>
    public OnnxModel WithWeights(Func<TensorData, TensorData> replace) =>
        Copy(Nodes, [.. Initializers.Select(pair => KeyValuePair.Create(pair.Key, replace(pair.Value)))], Metadata);

    /// <summary>The same model with weights as further inputs, in the order of <paramref name="names"/>.</summary>
    /// <exception cref="GraphException">There is no such weight.</exception>
    public OnnxModel WithOpenWeights(IReadOnlyList<string> names)
    {
        Dictionary<string, TensorData> weights = Initializers.ToDictionary();
        return new OnnxModel
        {
            Opset = Opset,
            Name = Name,
            Documentation = Documentation,
            Inputs = [.. Inputs, .. names.Select(name => weights.TryGetValue(name, out TensorData? weight)
                ? new Value(name, new TensorType(weight.Type, Shape.Of(weight.Sizes)))
                : throw new GraphException($"model '{Name}' has no weight '{name}'."))],
            Outputs = Outputs,
            Initializers = [.. Initializers.Where(pair => !names.Contains(pair.Key))],
            Nodes = Nodes,
            Metadata = Metadata,
        };
    }

    /// <summary>The same model with every tensor under another name.</summary>
    internal OnnxModel WithNames(Func<string, string> rename) => new()
    {
        Opset = Opset,
        Name = Name,
        Documentation = Documentation,
        Inputs = [.. Inputs.Select(input => input with { Name = rename(input.Name) })],
        Outputs = [.. Outputs.Select(output => output with { Name = rename(output.Name) })],
        Initializers = [.. Initializers.Select(pair => KeyValuePair.Create(rename(pair.Key), pair.Value))],
        Nodes = [.. Nodes.Select(node => Subgraphs.Rename(node, rename))],
        Metadata = Metadata,
    };

    /// <summary>The same model with other nodes, weights, and outputs where they are given.</summary>
    internal OnnxModel With(IReadOnlyList<Node> nodes, IReadOnlyList<KeyValuePair<string, TensorData>> initializers,
        IReadOnlyList<Value>? outputs = null) => Copy(nodes, initializers, Metadata, outputs);

    OnnxModel Copy(IReadOnlyList<Node> nodes, IReadOnlyList<KeyValuePair<string, TensorData>> initializers,
        IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Value>? outputs = null) => new()
        {
            Opset = Opset,
            Name = Name,
            Documentation = Documentation,
            Inputs = Inputs,
            Outputs = outputs ?? Outputs,
            Initializers = initializers,
            Nodes = nodes,
            Metadata = metadata,
        };
}
