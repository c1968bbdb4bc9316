using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Reverse-mode differentiation (Baydin et al. 2018, section 3.2): the nodes are walked backwards, and each one's rule turns the gradients
/// of its outputs into those of its inputs, which add up where a tensor is read more than once.
/// </summary>
static class ReverseSweep
{
    /// <param name="graph">Holds the nodes and gets those of the gradients.</param>
    /// <param name="nodes">Nodes of the graph, in order.</param>
    /// <param name="seeds">Gradients of the loss by tensors that the nodes make.</param>
    /// <param name="wanted">Names of the tensors whose gradients are wanted.</param>
    /// <param name="constants">Names of tensors through which no gradient passes; null for none.</param>
    /// <returns>The gradients by name; without those on which the loss does not depend.</returns>
    public static Dictionary<string, Value> Run(GraphBuilder graph, IReadOnlyList<Node> nodes,
        IEnumerable<(string Name, Value Gradient)> seeds,
        IReadOnlyCollection<string> wanted, IReadOnlyCollection<string>? constants = null)
    {
        HashSet<string> active = ActiveNames.Of(graph, nodes, wanted, constants ?? []);
        var found = new Dictionary<string, Value>();
        foreach ((string name, Value gradient) in seeds)
        {
            Add(graph, found, name, gradient);
        }
        foreach (Node node in nodes.Reverse())
        {
            if (!StopGradient.Is(node) && node.Outputs.Any(found.ContainsKey) && Subgraphs.Reads(node).Any(active.Contains))
            {
                Pass(graph, node, found, active);
            }
        }
        return found;
    }

    static void Pass(GraphBuilder graph, Node node, Dictionary<string, Value> found, HashSet<string> active)
    {
        Value?[] outputs = [.. node.Outputs.Select(found.GetValueOrDefault)];
        bool Wants(int input) => input < node.Inputs.Count && active.Contains(node.Inputs[input]);
        var scope = new GradientScope(graph, node, outputs, Wants, active);
        string around = graph.Scope;
        graph.Scope = around == "" ? $"gradient/{node.Name}" : around;
        try
        {
            IReadOnlyList<Value?> gradients = Operators.NodeErrors.Named(node, () => GradientRules.Find(node.Op)!.Build(scope));
            for (int i = 0; i < Math.Min(gradients.Count, node.Inputs.Count); i++)
            {
                if (Wants(i) && gradients[i] is Value gradient)
                {
                    Add(graph, found, node.Inputs[i], Fitted(graph, node, graph.Find(node.Inputs[i]), gradient));
                }
            }
            foreach ((string name, Value gradient) in scope.Captured)
            {
                Add(graph, found, name, gradient);
            }
        }
        finally
        {
            graph.Scope = around;
        }
    }

    // A rule that makes another shape or type than the input's is wrong.
    static Value Fitted(GraphBuilder graph, Node node, Value input, Value gradient) =>
        gradient.Type.Element == input.Type.Element && gradient.Shape.IsCompatibleWith(input.Shape)
        ? graph.Refine(gradient, input.Shape)
        : throw new GraphException($"node '{node.Name}' ({node.Op}): the gradient of '{input.Name}', {input.Type}, is {gradient.Type}.");

    static void Add(GraphBuilder graph, Dictionary<string, Value> found, string name, Value gradient) =>
        found[name] = found.TryGetValue(name, out Value? before) ? graph.Refine(graph.Add(before, gradient), gradient.Shape) : gradient;
}
