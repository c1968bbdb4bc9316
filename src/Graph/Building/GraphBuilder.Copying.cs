using Toolchain.Graph.Checking;

namespace Toolchain.Graph.Building;

/// <summary>A whole model taken over under its own names.</summary>
public sealed partial class GraphBuilder
{
    /// <summary>A tensor by its name, of this graph or one around it.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    internal Value Find(string tensor) => TypeOf(tensor) is TensorType type ? new Value(tensor, type)
        : throw new GraphException($"graph '{name}' has no tensor '{tensor}'.");

    internal bool Has(string tensor) => IsTaken(tensor);

    /// <summary>
    /// Takes over inputs, weights, nodes and outputs of <paramref name="model"/>, all names as they are; the weights that
    /// <paramref name="open"/> names become inputs.
    /// </summary>
    internal void Copy(OnnxModel model, IReadOnlySet<string>? open = null)
    {
        foreach (Value input in model.Inputs)
        {
            Input(input.Name, input.Type.Element, input.Shape);
        }
        foreach ((string name, TensorData tensor) in model.Initializers)
        {
            _ = open?.Contains(name) == true ? Input(name, tensor.Type, Shape.Of(tensor.Sizes)) : Initializer(name, tensor);
        }
        foreach (Node node in model.Nodes)
        {
            Append(node);
        }
        outputs.AddRange(model.Outputs.Select(output => Refine(Find(output.Name), output.Shape)));
    }

    /// <summary>Copies the nodes and weights of a subgraph in, which may read the tensors around it.</summary>
    /// <returns>Its outputs, in order.</returns>
    internal Value[] InlineBody(OnnxModel body, IReadOnlyList<Value> arguments)
    {
        var names = body.Inputs.Zip(arguments).ToDictionary(pair => pair.First.Name, pair => pair.Second.Name);
        foreach ((string own, TensorData tensor) in body.Initializers)
        {
            names[own] = Initializer(Unique(own), tensor).Name;
        }
        foreach (Node node in body.Nodes)
        {
            Attributes attributes = Subgraphs.Rename(node.Attributes, inner => names.TryGetValue(inner, out string? known) ? known
                : names[inner] = IsTaken(inner) ? inner : Unique(inner));
            Value[] results = node.Op == "Constant" ? [Constant(Operators.IndexingOperators.ConstantOf(attributes))]
                : StopGradient.Is(node) ? [Detach(Find(Known(node.Inputs[0])))]
                : Apply(node.Op, [.. node.Inputs.Select(input => input == "" ? null : Find(Known(input)))], attributes, node.Outputs.Count);
            foreach ((string output, Value result) in node.Outputs.Zip(results))
            {
                names[output] = result.Name;
            }
        }
        return [.. body.Outputs.Select(output => Find(Known(output.Name)))];

        string Known(string inner) => names.GetValueOrDefault(inner) ?? inner;
    }

    /// <summary>Adds a node with its own names.</summary>
    internal void Append(Node node)
    {
        TensorType[] types = GraphChecker.Infer(node, Opset, TypeOf, ConstantOf);
        nodes.Add(node);
        counters.TryAdd(node.Name, 1);
        foreach (string made in Subgraphs.Of(node).SelectMany(Subgraphs.Made))
        {
            counters.TryAdd(made, 1);
        }
        foreach ((string result, TensorType type) in node.Outputs.Zip(types).Where(pair => pair.First != ""))
        {
            Define(result, type);
        }
        if (node.Op == "Constant")
        {
            constants.Add(node.Outputs[0], Operators.IndexingOperators.ConstantOf(node.Attributes));
        }
    }
}
