using Toolchain.Graph.Checking;

namespace Toolchain.Graph.Passes;

/// <summary>Models with other nodes or outputs.</summary>
public static class ModelParts
{
    /// <summary>The same model with other nodes, without nodes and weights that no output needs.</summary>
    public static OnnxModel WithNodes(this OnnxModel model, IReadOnlyList<Node> nodes) =>
        DeadNodeRemoval.Apply(model.With(nodes, model.Initializers));

    /// <summary>The same model with the result of every node as an output, for looking inside.</summary>
    /// <exception cref="GraphException">The model does not check.</exception>
    public static OnnxModel WithAllOutputs(this OnnxModel model) =>
        model.WithOutputs([.. model.Nodes.SelectMany(node => node.Outputs).Where(name => name != "")]);

    /// <summary>The same model with the results of <paramref name="names"/> as its outputs, for looking inside.</summary>
    /// <exception cref="GraphException">The model does not check, or no node makes such a result.</exception>
    public static OnnxModel WithOutputs(this OnnxModel model, IReadOnlyList<string> names)
    {
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(model);
        return model.With(model.Nodes, model.Initializers, [.. names.Select(name => types.TryGetValue(name, out TensorType? type)
            ? new Value(name, type) : throw new GraphException($"no node makes '{name}'."))]);
    }

    /// <summary>
    /// The same model with one of its outputs, without what that one does not need; with none where it has no such output.
    /// </summary>
    public static OnnxModel Only(this OnnxModel model, string output) => DeadNodeRemoval.Apply(
        model.With(model.Nodes, model.Initializers, [.. model.Outputs.Where(value => value.Name == output)]));
}
