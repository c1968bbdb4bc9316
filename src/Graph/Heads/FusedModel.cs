using Toolchain.Graph.Building;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Heads;

/// <summary>Joins an encoder and a cluster head into one model from pixels to cluster.</summary>
public static class FusedModel
{
    /// <summary>
    /// The encoder's graph with a head on its <c>embedding</c>: outputs <c>embedding</c>, <c>probability</c>, <c>cluster</c>. A head that
    /// the model had before is left out, and its names are free again.
    /// </summary>
    /// <param name="encoder">A model with an output <c>embedding</c>.</param>
    /// <param name="head">Adds the head's nodes.</param>
    /// <param name="metadata">Metadata of the joined model.</param>
    /// <exception cref="GraphException">The encoder has no embedding, or the head does not fit it.</exception>
    public static OnnxModel Fuse(OnnxModel encoder, Func<GraphBuilder, Value, (Value Probability, Value Cluster)> head,
        IReadOnlyDictionary<string, string> metadata)
    {
        var graph = new GraphBuilder(encoder.Name, encoder.Opset);
        Value[] inputs = [.. encoder.Inputs.Select(input => graph.Input(input.Name, input.Type.Element, input.Shape))];
        if (!graph.Inline(encoder.Only("embedding"), inputs).TryGetValue("embedding", out Value? embedding))
        {
            throw new GraphException($"the encoder has no output 'embedding', only "
                + $"{string.Join(", ", encoder.Outputs.Select(output => output.Name))}.");
        }
        graph.Scope = "head";
        (Value probability, Value cluster) = head(graph, embedding);
        graph.Output("embedding", embedding);
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        return graph.Build(metadata, encoder.Documentation);
    }
}
