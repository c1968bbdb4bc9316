using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Checking;

/// <summary>Checks a whole model: names, order, operators, types and shapes.</summary>
public static class GraphChecker
{
    /// <summary>Checks <paramref name="model"/> and returns the type of every tensor in it by name.</summary>
    /// <exception cref="GraphException">A name is defined twice or never, an operator's rule is broken, or an output is not what it is
    /// declared to be.</exception>
    public static IReadOnlyDictionary<string, TensorType> Check(OnnxModel model) => Check(model, _ => null, _ => null);

    /// <summary>The same for a subgraph, which sees the names around it and may not make them anew.</summary>
    internal static IReadOnlyDictionary<string, TensorType> Check(OnnxModel model, Func<string, TensorType?> outerType,
        Func<string, TensorData?> outerConstant)
    {
        var types = new Dictionary<string, TensorType>();
        var constants = new Dictionary<string, TensorData>();
        foreach ((string name, TensorData tensor) in model.Initializers)
        {
            Define(name, new TensorType(tensor.Type, Shape.Of(tensor.Sizes)), $"weight '{name}'");
            constants[name] = tensor;
        }
        foreach (Value input in model.Inputs)
        {
            Define(input.Name, input.Type, $"input '{input.Name}'");
        }
        foreach (Node node in model.Nodes)
        {
            TensorType[] results = Infer(node, model.Opset, TypeOf, name => constants.GetValueOrDefault(name) ?? outerConstant(name));
            // An output that is left out has no name.
            foreach ((string name, TensorType type) in node.Outputs.Zip(results).Where(pair => pair.First != ""))
            {
                Define(name, type, $"node '{node.Name}' ({node.Op})");
            }
            if (node is { Op: "Constant", Outputs.Count: > 0 })
            {
                constants[node.Outputs[0]] = IndexingOperators.ConstantOf(node.Attributes);
            }
        }
        foreach (Value output in model.Outputs)
        {
            TensorType found = TypeOf(output.Name) ?? throw new GraphException($"output '{output.Name}' is never computed.");
            if (found.Element != output.Type.Element || !found.Shape.IsCompatibleWith(output.Shape))
            {
                throw new GraphException($"output '{output.Name}' is declared {output.Type}, but is {found}.");
            }
        }
        return types;

        void Define(string name, TensorType type, string place)
        {
            if (outerType(name) is not null || !types.TryAdd(name, type))
            {
                throw new GraphException($"{place}: the name '{name}' is already taken.");
            }
        }

        TensorType? TypeOf(string name) => types.GetValueOrDefault(name) ?? outerType(name);
    }

    /// <summary>The types of one node's outputs, from the types and constants by the names around it.</summary>
    /// <exception cref="GraphException">The operator is unknown, or its rule is broken; the message names the node.</exception>
    internal static TensorType[] Infer(Node node, int opset, Func<string, TensorType?> typeOf, Func<string, TensorData?> constantOf) =>
        TypeInference.Infer(node, opset, new(typeOf, constantOf, body => Check(body, typeOf, constantOf)));
}
