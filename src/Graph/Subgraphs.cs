namespace Toolchain.Graph;

/// <summary>
/// Graphs inside of nodes, such as the body of a Loop: attributes whose value is a model. Its nodes may read names of the graphs around it
/// (they capture them); names that it makes itself must be new.
/// </summary>
static class Subgraphs
{
    public static IEnumerable<OnnxModel> Of(Node node) => node.Attributes.Select(pair => pair.Value).OfType<OnnxModel>();

    /// <summary>Names that a node reads: its inputs, and what its subgraphs capture.</summary>
    public static IEnumerable<string> Reads(Node node) => node.Inputs.Concat(Of(node).SelectMany(Captured));

    /// <summary>Names that a subgraph reads from around it, each once.</summary>
    public static HashSet<string> Captured(OnnxModel body)
    {
        HashSet<string> captured = [], made = [.. body.Inputs.Select(input => input.Name), .. body.Initializers.Select(pair => pair.Key)];
        foreach (Node node in body.Nodes)
        {
            captured.UnionWith(Reads(node).Where(name => name != "" && !made.Contains(name)));
            made.UnionWith(node.Outputs);
        }
        captured.UnionWith(body.Outputs.Select(output => output.Name).Where(name => !made.Contains(name)));
        return captured;
    }

    /// <summary>Names of the nodes and tensors of a subgraph and of those within it.</summary>
    public static IEnumerable<string> Made(OnnxModel body) => body.Inputs.Select(input => input.Name)
        .Concat(body.Initializers.Select(pair => pair.Key))
        .Concat(body.Nodes.SelectMany(node => node.Outputs.Append(node.Name).Concat(Of(node).SelectMany(Made))));

    /// <summary>
    /// The attributes with every name in their subgraphs, made or captured, replaced; names of the graph around it are never made in it.
    /// </summary>
    public static Attributes Rename(Attributes attributes, Func<string, string> rename)
    {
        if (!attributes.Any(pair => pair.Value is OnnxModel))
        {
            return attributes;
        }
        var renamed = new Attributes();
        foreach ((string name, object value) in attributes)
        {
            renamed[name] = value is OnnxModel body ? Rename(body, rename) : value;
        }
        return renamed;
    }

    static OnnxModel Rename(OnnxModel body, Func<string, string> rename) => new()
    {
        Opset = body.Opset,
        Name = body.Name,
        Inputs = [.. body.Inputs.Select(input => input with { Name = rename(input.Name) })],
        Outputs = [.. body.Outputs.Select(output => output with { Name = rename(output.Name) })],
        Initializers = [.. body.Initializers.Select(pair => KeyValuePair.Create(rename(pair.Key), pair.Value))],
        Nodes = [.. body.Nodes.Select(node => Rename(node, rename))],
    };

    /// <summary>The node with the names that it reads and makes replaced.</summary>
    public static Node Rename(Node node, Func<string, string> rename)
    {
        string[] Names(IReadOnlyList<string> names) => [.. names.Select(name => name == "" ? "" : rename(name))];
        return node with { Inputs = Names(node.Inputs), Outputs = Names(node.Outputs), Attributes = Rename(node.Attributes, rename) };
    }
}
