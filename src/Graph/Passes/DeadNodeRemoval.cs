namespace Toolchain.Graph.Passes;

/// <summary>Leaves out nodes and weights that no output needs.</summary>
static class DeadNodeRemoval
{
    public static OnnxModel Apply(OnnxModel model)
    {
        HashSet<string> needed = [.. model.Outputs.Select(output => output.Name)];
        var kept = new List<Node>();
        foreach (Node node in model.Nodes.Reverse())
        {
            if (node.Outputs.Any(needed.Contains))
            {
                kept.Add(node);
                needed.UnionWith(Subgraphs.Reads(node));
            }
        }
        kept.Reverse();
        return model.With(kept, [.. model.Initializers.Where(pair => needed.Contains(pair.Key))]);
    }
}
