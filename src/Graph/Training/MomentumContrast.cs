using Toolchain.Graph.Building;

namespace Toolchain.Graph.Training;

/// <summary>
/// Momentum contrast (He et al. 2020, algorithm 1) of an encoder's graph: a query branch that learns, a key branch whose weights follow it,
/// and a queue of the latest keys, all in one graph with its loss.
/// </summary>
public static class MomentumContrast
{
    /// <summary>The input with the first view of each image; the second is <see cref="SecondView"/>.</summary>
    public const string FirstView = "view_1";

    /// <summary>The input with the other view.</summary>
    public const string SecondView = "view_2";

    /// <summary>The state that holds keys of earlier images, [Q,D]; zeros at first, to be filled with keys before the first step.</summary>
    public const string Queue = "queue";

    /// <summary>Name of a weight of the key branch.</summary>
    public static string KeyOf(string weight) => $"key.{weight}";

    /// <summary>The forward pass of a step with the output "loss" and the next state, for <see cref="TrainingGraph.Build"/>.</summary>
    /// <param name="encoder">Takes images [N,...] and gives unit rows [N,D].</param>
    /// <param name="output">Its output with the rows.</param>
    /// <param name="parameters">Names of its weights that learn; the key branch has its own of them.</param>
    /// <param name="options">Temperature and the like.</param>
    /// <exception cref="GraphException">A name is unknown, or the number of columns is not.</exception>
    public static OnnxModel Build(OnnxModel encoder, string output, IReadOnlyList<string> parameters, MomentumContrastOptions options)
    {
        var graph = new GraphBuilder("momentum_contrast", encoder.Opset);
        Value input = encoder.Inputs[0];
        graph.Copy(encoder.WithNames(name => name == input.Name ? FirstView : name));
        Value other = graph.Input(SecondView, input.Type.Element, input.Shape), query = graph.Find(output);
        Dictionary<string, TensorData> weights = encoder.Initializers.ToDictionary();
        Value[] keys = [.. parameters.Select(name => Followed(graph, name, weights[name], options.KeyMomentum))];
        Value key = graph.Inline(encoder.WithOpenWeights(parameters), [other, .. keys])[output];
        long width = query.Shape[1].Size
            ?? throw new GraphException($"the number of columns of '{output}' must be known, found {query.Type}.");
        Value queue = graph.Initializer(Queue, TensorData.FromDoubles(new double[options.QueueLength * width], [options.QueueLength, width],
            query.Type.Element));
        Value latest = graph.Apply("Concat", [queue, key], new Attributes { ["axis"] = 0 });
        Value next = graph.Apply("Slice", [latest, graph.Constant(TensorData.Vector(-options.QueueLength)),
            graph.Constant(TensorData.Vector(long.MaxValue)), graph.Constant(TensorData.Vector(0))]);
        graph.Output(TrainingGraph.Next(Queue), next, queue.Shape);
        graph.Output("key", key, query.Shape);
        graph.Output("loss", options.BatchNegatives
            ? TrainingLosses.InfoNceOfBatch(graph, query, key, queue, options.Temperature)
            : TrainingLosses.InfoNce(graph, query, key, queue, options.Temperature));
        return graph.Build();
    }

    /// <summary>Tensors of the step through which no gradient passes, for <see cref="TrainingOptions.Constants"/>.</summary>
    public static IReadOnlyList<string> Constants => ["key"];

    // The key branch moves before it is used, by (1 - m) of its distance to the query branch.
    static Value Followed(GraphBuilder graph, string name, TensorData weight, double momentum)
    {
        Term own = new(graph, graph.Initializer(KeyOf(name), weight)), query = new(graph, graph.Find(name));
        Value moved = own * momentum + query * (1 - momentum);
        graph.Output(TrainingGraph.Next(KeyOf(name)), moved, own.Value.Shape);
        return graph.Find(TrainingGraph.Next(KeyOf(name)));
    }
}
