using Toolchain.Graph.Building;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Heads;

/// <summary>Several encoders side by side as one.</summary>
public static class JointEncoder
{
    // Added to every element, so that an embedding of zeros has a direction too. OpenCV 4.6 reads a division by the
    // length, but by none that is bounded or added to.
    const double Little = 1e-6;

    /// <summary>
    /// A model whose <c>embedding</c> [N,D] is the encoders' embeddings [N,D_i] one after the other, each divided by its Euclidean length
    /// and times sqrt(D_i), so that none outweighs another of its width. One of zeros has the direction of (1, .., 1).
    /// </summary>
    /// <param name="encoders">
    /// At least one, with the name by which errors call it: all of the same inputs and opset, each with an output <c>embedding</c>
    /// [N,D_i].
    /// </param>
    /// <param name="metadata">Metadata of the joint model.</param>
    /// <exception cref="GraphException">An encoder differs from the first one in inputs or opset, or has no such embedding.</exception>
    public static OnnxModel Join(IReadOnlyList<(string Name, OnnxModel Model)> encoders, IReadOnlyDictionary<string, string> metadata)
    {
        OnnxModel first = encoders[0].Model;
        var graph = new GraphBuilder("joint", first.Opset);
        Value[] inputs = [.. first.Inputs.Select(input => graph.Input(input.Name, input.Type.Element, input.Shape))];
        List<Value> parts = [];
        foreach ((string name, OnnxModel model) in encoders)
        {
            RequireLike(name, model, encoders[0]);
            graph.Scope = $"encoder{parts.Count}";
            parts.Add(OfOneLength(graph, graph.Inline(model.Only("embedding"), inputs)["embedding"]));
        }
        graph.Scope = "joint";
        graph.Output("embedding", graph.Apply("Concat", [.. parts], new Attributes { ["axis"] = 1 }));
        return graph.Build(metadata, "Encoders side by side, joined by uvl join.");
    }

    static Value OfOneLength(GraphBuilder graph, Value embedding)
    {
        Value some = graph.Add(embedding, graph.Scalar(Little, embedding));
        Value length = graph.Reduce("ReduceL2", some, [1], keep: true); // [N,1]
        return graph.Mul(graph.Div(some, length), graph.Scalar(Math.Sqrt((double)embedding.Shape[1].Size!), embedding));
    }

    static void RequireLike(string name, OnnxModel model, (string Name, OnnxModel Model) first)
    {
        if (model.Outputs.FirstOrDefault(output => output.Name == "embedding")?.Shape is not { Count: 2 } shape || shape[1].Size is null)
        {
            throw new GraphException($"'{name}': expected an output 'embedding' [N,D], found "
                + $"{string.Join(", ", model.Outputs.Select(output => $"{output.Name} {output.Shape}"))}.");
        }
        (string wanted, string found) = (InputsOf(first.Model), InputsOf(model));
        if (wanted != found)
        {
            throw new GraphException($"'{name}': expected {wanted}, as '{first.Name}' has, found {found}.");
        }
        if (model.Opset != first.Model.Opset)
        {
            throw new GraphException($"'{name}': expected opset {first.Model.Opset}, as '{first.Name}' has, found {model.Opset}; export it "
                + "again with that one.");
        }
    }

    static string InputsOf(OnnxModel model) =>
        string.Join(", ", model.Inputs.Select(input => $"{input.Type.Element} {input.Name} {input.Shape}"));
}
