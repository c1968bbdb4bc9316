namespace Toolchain.Graph.Passes;

/// <summary>
/// Leaves out Identity nodes: readers of the copy read the original; where the copy is an output of the graph, the node that made the
/// original takes over the output's name.
/// </summary>
static class IdentityRemoval
{
    public static OnnxModel Apply(OnnxModel model)
    {
        HashSet<string> outputs = [.. model.Outputs.Select(output => output.Name)],
            made = [.. model.Nodes.SelectMany(node => node.Outputs)];
        var rename = new Dictionary<string, string>();
        foreach (Node node in model.Nodes.Where(IsIdle))
        {
            (string source, string copy) = (Resolve(node.Inputs[0]), node.Outputs[0]);
            if (!outputs.Contains(copy))
            {
                rename[copy] = source;
            }
            else if (made.Contains(source) && !outputs.Contains(source))
            {
                rename[source] = copy;
            }
        }
        IEnumerable<Node> renamed = model.Nodes.Select(node => Subgraphs.Rename(node, Resolve) with
        {
            Outputs = [.. node.Outputs.Select(output => outputs.Contains(output) ? output : Resolve(output))],
        });
        return model.With(
            [.. renamed.Where(node => !IsIdle(node)
                || (node.Inputs[0] != node.Outputs[0] && outputs.Contains(node.Outputs[0])))],
            model.Initializers);

        static bool IsIdle(Node node) => node.Op == "Identity" && !StopGradient.Is(node);

        string Resolve(string name)
        {
            while (rename.TryGetValue(name, out string? next))
            {
                name = next;
            }
            return name;
        }
    }
}
