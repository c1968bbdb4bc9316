using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>What a rule sees of a node.</summary>
/// <param name="graph">Gets the nodes of the gradient.</param>
/// <param name="node">The node of the forward pass.</param>
/// <param name="outputs">Gradients of the loss by the node's outputs; null where the loss does not depend on one.</param>
/// <param name="wants">Whether the gradient of an input is wanted.</param>
/// <param name="active">Names whose gradients are wanted, for what a subgraph captures.</param>
sealed class GradientScope(GraphBuilder graph, Node node, IReadOnlyList<Value?> outputs, Func<int, bool> wants,
    IReadOnlySet<string> active)
{
    public GraphBuilder Graph => graph;

    public Node Node => node;

    public Attributes Attributes => node.Attributes;

    public int InputCount => node.Inputs.Count;

    public IReadOnlySet<string> Active => active;

    /// <summary>Gradients of names that a subgraph captures, beside those of the inputs.</summary>
    public Dictionary<string, Value> Captured { get; } = [];

    /// <summary>An input of the node.</summary>
    public Term this[int index] => Optional(index) ?? throw new GraphException($"input {index} is missing; {InputCount} given.");

    public Term? Optional(int index) => index < node.Inputs.Count && node.Inputs[index] != ""
        ? new Term(graph, graph.Find(node.Inputs[index])) : null;

    /// <summary>An output of the node.</summary>
    public Term Output(int index = 0) => new(graph, graph.Find(node.Outputs[index]));

    /// <summary>The gradient of the loss by the only output, or by the first one.</summary>
    public Term Gradient => Given(0) ?? new Term(graph, graph.ZerosLike(Output()));

    /// <summary>The gradient of the loss by an output; null where the loss does not depend on it.</summary>
    public Term? Given(int index) => index < outputs.Count && outputs[index] is Value value ? new Term(graph, value) : null;

    public bool Wants(int index) => wants(index);

    /// <summary>The value of an input that is a constant, or null.</summary>
    public TensorData? Constant(int index) => Optional(index) is Term input ? graph.ConstantOf(input.Value) : null;

    /// <summary>Axes given as an input (newer opsets) or as an attribute (older ones); null when neither is there.</summary>
    /// <exception cref="GraphException">They are computed by the graph.</exception>
    public long[]? Axes(int input) => Attributes.Ints("axes") ?? (Optional(input) is null ? null
        : Constant(input)?.ToInt64s() ?? throw new GraphException("its gradient needs 'axes' that are constant."));

    /// <summary>
    /// The gradients by those of simpler operators: <paramref name="compose"/> builds the node's outputs anew from its inputs, and the
    /// gradients pass through the nodes that it adds.
    /// </summary>
    public Value?[] Through(Func<GraphBuilder, IReadOnlyList<Value?>> compose)
    {
        int start = graph.Nodes.Count;
        IReadOnlyList<Value?> made = compose(graph);
        Node[] nodes = [.. graph.Nodes.Skip(start)];
        string[] wanted = [.. node.Inputs.Where((_, i) => wants(i)).Distinct()];
        Dictionary<string, Value> found = ReverseSweep.Run(graph, nodes, made.Zip(outputs)
            .Where(pair => pair is { First: not null, Second: not null }).Select(pair => (pair.First!.Name, pair.Second!)), wanted);
        // An input that is given twice gets its whole gradient once.
        return [.. node.Inputs.Select(name => found.Remove(name, out Value? gradient) ? gradient : null)];
    }
}
