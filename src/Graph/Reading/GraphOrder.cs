using Onnx;

namespace Toolchain.Graph.Reading;

/// <summary>The rules on names in a graph: each tensor is made once, and before it is used.</summary>
static class GraphOrder
{
    /// <param name="graph">The graph; those in its attributes see its names.</param>
    /// <param name="isKnownOutside">Whether a name is made in a graph around it.</param>
    /// <exception cref="GraphException">A name is made twice, never, or only later.</exception>
    public static void Check(GraphProto graph, Func<string, bool>? isKnownOutside = null)
    {
        HashSet<string> weights = [], known = [], inputs = [], outputs = [];
        for (int i = 0; i < graph.Initializer.Count; i++)
        {
            Define(weights, graph.Initializer[i].Name, $"graph.initializer[{i}]");
        }
        known.UnionWith(weights);
        for (int i = 0; i < graph.Input.Count; i++)
        {
            // Before IR 4 every weight was listed among the inputs as well.
            Define(inputs, graph.Input[i].Name, $"graph.input[{i}]");
        }
        known.UnionWith(inputs);
        for (int i = 0; i < graph.Node.Count; i++)
        {
            string? missing = graph.Node[i].Input.FirstOrDefault(name => name != "" && !IsKnown(name));
            if (missing is not null)
            {
                throw new GraphException($"{Place(graph.Node[i], i)}: input '{missing}' {Origin(graph, missing)}.");
            }
            foreach (GraphProto inner in graph.Node[i].Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs
                : attribute.Graphs.Append(attribute.G)))
            {
                Within(Place(graph.Node[i], i), inner, IsKnown);
            }
            foreach (string name in graph.Node[i].Output.Where(name => name != ""))
            {
                Define(known, name, Place(graph.Node[i], i));
            }
        }
        for (int i = 0; i < graph.Output.Count; i++)
        {
            if (!IsKnown(graph.Output[i].Name))
            {
                throw new GraphException($"graph.output[{i}]: '{graph.Output[i].Name}' is computed by no node.");
            }
            Define(outputs, graph.Output[i].Name, $"graph.output[{i}]");
        }

        bool IsKnown(string name) => known.Contains(name) || (isKnownOutside?.Invoke(name) ?? false);
    }

    static void Within(string place, GraphProto inner, Func<string, bool> isKnown)
    {
        try
        {
            Check(inner, isKnown);
        }
        catch (GraphException error)
        {
            throw new GraphException($"{place}: {error.Message}");
        }
    }

    /// <summary>Such as "graph.node[3] 'encoder/Add' (Add)".</summary>
    public static string Place(NodeProto node, int index) => $"graph.node[{index}] '{node.Name}' ({node.OpType})";

    static string Origin(GraphProto graph, string name)
    {
        for (int i = 0; i < graph.Node.Count; i++)
        {
            if (graph.Node[i].Output.Contains(name))
            {
                return $"is computed only by {Place(graph.Node[i], i)}, itself or after it: the nodes are in the wrong order, or form a "
                    + $"cycle";
            }
        }
        return "is computed by no node, and is neither input nor weight";
    }

    static void Define(HashSet<string> names, string name, string place)
    {
        if (name == "" || !names.Add(name))
        {
            throw new GraphException($"{place}: the name '{name}' is {(name == "" ? "empty" : "already taken")}.");
        }
    }
}
