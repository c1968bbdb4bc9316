using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Which tensors depend on others through floating-point numbers: a path through integers or booleans carries no gradient.
/// </summary>
static class ActiveNames
{
    /// <summary>The wanted names, and those of floating-point tensors that <paramref name="nodes"/> make from them
    /// without passing through <paramref name="constants"/>.</summary>
    public static HashSet<string> Of(GraphBuilder graph, IReadOnlyList<Node> nodes, IEnumerable<string> wanted,
        IReadOnlyCollection<string>? constants = null)
    {
        HashSet<string> active = [.. wanted];
        foreach (Node node in nodes.Where(node => !StopGradient.Is(node) && Subgraphs.Reads(node).Any(active.Contains)))
        {
            active.UnionWith(node.Outputs.Where(name => name != "" && constants?.Contains(name) != true
                && graph.Find(name).Type.Element.IsFloat()));
        }
        return active;
    }

    /// <summary>Nodes between the wanted names and the loss that have no rule, in order; those of subgraphs too.</summary>
    public static IReadOnlyList<Node> WithoutRule(GraphBuilder graph, string loss, IEnumerable<string> wanted,
        IReadOnlyCollection<string> constants)
    {
        HashSet<string> active = Of(graph, graph.Nodes, wanted, constants), reaching = [loss];
        var without = new List<Node>();
        foreach (Node node in graph.Nodes.Reverse().Where(node =>
            node.Outputs.Any(name => active.Contains(name) && reaching.Contains(name))))
        {
            reaching.UnionWith(Subgraphs.Reads(node));
            without.AddRange(Unknown(node));
        }
        without.Reverse();
        return without;
    }

    static IEnumerable<Node> Unknown(Node node) => GradientRules.Find(node.Op) is null ? [node]
        : Subgraphs.Of(node).SelectMany(body => body.Nodes).Reverse().SelectMany(Unknown);
}
