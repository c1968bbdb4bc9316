using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>Reverse-mode differentiation of ONNX graphs into ONNX graphs, in standard operators of the same opset.</summary>
public static class GradientGraph
{
    /// <summary>Name of the output that holds the gradient by the tensor <paramref name="name"/>.</summary>
    public static string NameOf(string name) => $"gradient.{name}";

    /// <summary>The model with the gradients of <paramref name="loss"/> as further outputs.</summary>
    /// <param name="model">A checked model; itself a gradient for derivatives of second order.</param>
    /// <param name="loss">Name of a floating-point tensor in it with one element.</param>
    /// <param name="withRespectTo">
    /// Names of floating-point tensors in it: inputs, weights, or what its nodes make. Each becomes an output called
    /// <see cref="NameOf"/>, of the tensor's type and shape; zeros where the loss does not depend on it.
    /// </param>
    /// <exception cref="GraphException">
    /// A name is unknown or of another type, the loss has more than one element, or operators between have no gradient: all of them are
    /// named.
    /// </exception>
    public static OnnxModel Build(OnnxModel model, string loss, IReadOnlyList<string> withRespectTo)
    {
        var graph = new GraphBuilder(model.Name, model.Opset);
        graph.Copy(model);
        foreach ((string name, Value gradient) in Of(graph, loss, withRespectTo))
        {
            graph.Output(NameOf(name), gradient, gradient.Shape);
        }
        return graph.Build(model.Metadata, model.Documentation);
    }

    /// <summary>The gradients of <paramref name="loss"/> as tensors of <paramref name="graph"/>, which holds the forward pass.</summary>
    /// <param name="graph">Gets the nodes.</param>
    /// <param name="loss">Name of a floating-point tensor in it with one element.</param>
    /// <param name="withRespectTo">Names of floating-point tensors in it.</param>
    /// <param name="constants">Names of tensors through which no gradient passes; null for none.</param>
    /// <returns>The gradients by the names of <paramref name="withRespectTo"/>, in their order.</returns>
    /// <exception cref="GraphException">As <see cref="Build"/>.</exception>
    public static IReadOnlyList<KeyValuePair<string, Value>> Of(GraphBuilder graph, string loss, IReadOnlyList<string> withRespectTo,
        IReadOnlyCollection<string>? constants = null)
    {
        Value last = Float(graph, loss);
        if (last.Shape.Any(dim => dim.Size is long size && size != 1))
        {
            throw new GraphException($"the loss '{loss}' must have one element, found {last.Type}.");
        }
        Value[] wanted = [.. withRespectTo.Select(name => Float(graph, name))];
        if (ActiveNames.WithoutRule(graph, loss, withRespectTo, constants ?? []) is { Count: > 0 } without)
        {
            throw new GraphException("no gradient is known for " + string.Join(", ", without.Select(node => $"'{node.Name}' ({node.Op})"))
                + "; leave the tensors before them out, or make the loss of another tensor.");
        }
        Value one = graph.Constant(TensorData.FromDoubles([1], [.. last.Shape.Select(_ => 1L)], last.Type.Element));
        Dictionary<string, Value> found = ReverseSweep.Run(graph, [.. graph.Nodes], [(loss, one)], withRespectTo, constants);
        return [.. wanted.Select(value => KeyValuePair.Create(value.Name, found.GetValueOrDefault(value.Name) ?? graph.ZerosLike(value)))];
    }

    static Value Float(GraphBuilder graph, string name)
    {
        Value value = graph.Find(name);
        return value.Type.Element.IsFloat() ? value
            : throw new GraphException($"'{name}' is {value.Type}; a gradient needs floating-point numbers.");
    }
}
