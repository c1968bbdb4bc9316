using Toolchain.Graph.Typing;

namespace Toolchain.Graph.Operators;

/// <summary>What is known around a node when its types are inferred.</summary>
/// <param name="TypeOf">The type of a tensor by its name; null where no node before makes it.</param>
/// <param name="ConstantOf">The value of a tensor that is a constant; null for others.</param>
/// <param name="Check">Checks a subgraph among these names; the type of every tensor that it makes.</param>
readonly record struct Surroundings(Func<string, TensorType?> TypeOf, Func<string, TensorData?> ConstantOf,
    Func<OnnxModel, IReadOnlyDictionary<string, TensorType>> Check);

/// <summary>Type and shape inference of one node.</summary>
static class TypeInference
{
    /// <summary>The types of its outputs.</summary>
    /// <exception cref="GraphException">The operator is unknown, or its rule is broken; the message names the node.</exception>
    public static TensorType[] Infer(Node node, int opset, Surroundings around) => NodeErrors.Named(node, () =>
    {
        Operator op = OperatorRegistry.Find(node.Op, opset);
        TensorType?[] types = [.. node.Inputs.Select(name => name == "" ? null
            : around.TypeOf(name) ?? throw new GraphException($"input '{name}' is not computed before it."))];
        TensorData?[] constants = [.. node.Inputs.Select(name => name == "" ? null : around.ConstantOf(name))];
        CheckSchema(node, opset, types, null);
        TensorType[] results = op.Infer(new TypeScope(node, types, constants, around.Check));
        CheckSchema(node, opset, types, results);
        return node.Outputs.Skip(results.Length).All(name => name == "")
            ? results
            : throw new GraphException($"it names {node.Outputs.Count} outputs, of which {results.Length} are supported.");
    });

    // ONNX's own rules of types, numbers of inputs and attributes; first for the inputs, so that an operator's shape rule may trust them.
    static void CheckSchema(Node node, int opset, TensorType?[] types, TensorType[]? results) =>
        OperatorSchemas.Find(node.Op, opset)?.Check(node, types,
            [.. (results ?? []).Zip(node.Outputs, (type, name) => name == "" ? null : type)]);
}
