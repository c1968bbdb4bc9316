using Toolchain.Graph.Building;
using Toolchain.Graph.Gradients;

namespace Toolchain.Graph.Training;

/// <summary>Losses as tensors of a graph, each the mean over the rows of a batch: float32 scalars.</summary>
public static class TrainingLosses
{
    /// <summary>Cross-entropy of softmax: -Σ target log softmax(logits).</summary>
    /// <param name="graph">Gets the nodes.</param>
    /// <param name="logits">[N,K].</param>
    /// <param name="targets">Shares of the classes, rows that sum to 1 [N,K]; or classes, int64 [N] in [0..K).</param>
    public static Value CrossEntropy(GraphBuilder graph, Value logits, Value targets)
    {
        Value shares = targets.Type.Element.IsFloat() ? targets : OneHot(graph, targets, logits);
        Value log = graph.Apply("LogSoftmax", [logits], new Attributes { ["axis"] = 1 });
        return graph.Apply("Neg", [Mean(graph, graph.Reduce("ReduceSum", graph.Mul(shares, log), [1]))]);
    }

    /// <summary>Mean squared difference of two tensors of the same shape.</summary>
    public static Value MeanSquaredError(GraphBuilder graph, Value a, Value b)
    {
        Value difference = graph.Sub(a, b);
        return Mean(graph, graph.Mul(difference, difference));
    }

    /// <summary>
    /// InfoNCE with a queue (He et al. 2020, equation 1): each query is to be told from its own key among the keys of the queue.
    /// </summary>
    /// <param name="graph">Gets the nodes.</param>
    /// <param name="query">Unit rows [N,D].</param>
    /// <param name="key">The keys of the same images, unit rows [N,D].</param>
    /// <param name="queue">Keys of other images, unit rows [Q,D].</param>
    /// <param name="temperature">What similarities are divided by, above 0.</param>
    public static Value InfoNce(GraphBuilder graph, Value query, Value key, Value queue, double temperature)
    {
        Value own = graph.Reduce("ReduceSum", graph.Mul(query, key), [1], keep: true); // [N,1]
        Value others = graph.Gemm(query, queue, transB: true); // [N,Q]
        Value logits = graph.Apply("Concat", [own, others], new Attributes { ["axis"] = 1 });
        Value log = graph.Apply("LogSoftmax", [graph.Div(logits, graph.Scalar(temperature, logits))], new Attributes { ["axis"] = 1 });
        Value first = graph.Apply("Slice", [log, graph.Constant(TensorData.Vector(0)), graph.Constant(TensorData.Vector(1)),
            graph.Constant(TensorData.Vector(1))]);
        return graph.Apply("Neg", [Mean(graph, first)]);
    }

    /// <summary>The same with the other keys of the batch as further negatives; parameters as above.</summary>
    public static Value InfoNceOfBatch(GraphBuilder graph, Value query, Value key, Value queue, double temperature)
    {
        Value keys = graph.Apply("Concat", [key, queue], new Attributes { ["axis"] = 0 }); // [N+Q,D]
        Value logits = graph.Gemm(query, keys, transB: true, alpha: (float)(1 / temperature)); // [N,N+Q]
        Value log = graph.Apply("LogSoftmax", [logits], new Attributes { ["axis"] = 1 });
        Value rows = graph.Apply("Range", [Integer(0), graph.Squeeze(graph.SizeOf(query, 0), 0), Integer(1)]);
        return graph.Apply("Neg", [Mean(graph, graph.Apply("GatherElements", [log, graph.Unsqueeze(rows, 1)],
            new Attributes { ["axis"] = 1 }))]);

        Value Integer(long number) => graph.Constant(TensorData.Scalar(number, ElementType.Int64));
    }

    /// <summary>
    /// Minus the mutual information of the classes of two views (Ji et al. 2019, equation 3): I of the symmetric matrix pᵀ q / N.
    /// </summary>
    /// <param name="graph">Gets the nodes.</param>
    /// <param name="p">Shares of the classes of one view, rows that sum to 1 [N,K].</param>
    /// <param name="q">Those of the other view [N,K].</param>
    public static Value MutualInformation(GraphBuilder graph, Value p, Value q)
    {
        Term joint = new(graph, graph.Apply("Gemm", [p, q], new Attributes { ["transA"] = 1 }));
        joint = (joint + joint.Transpose()) / 2;
        joint /= joint.Reduce("ReduceSum", 0, 1);
        Term safe = joint.AtLeast(1e-10), rows = safe.Reduce("ReduceSum", 1), columns = safe.Reduce("ReduceSum", 0);
        Term information = joint * (safe.Apply("Log") - rows.Apply("Log") - columns.Apply("Log"));
        return graph.Apply("Neg", [graph.Reduce("ReduceSum", information, [0, 1])]);
    }

    static Value OneHot(GraphBuilder graph, Value classes, Value logits)
    {
        long count = logits.Shape[1].Size ?? throw new GraphException($"the number of classes must be known, found logits {logits.Type}.");
        Value names = graph.Constant(TensorData.Vector([.. Enumerable.Range(0, (int)count).Select(label => (long)label)])); // [K]
        return graph.Cast(graph.Apply("Equal", [graph.Unsqueeze(classes, 1), names]), logits.Type.Element);
    }

    static Value Mean(GraphBuilder graph, Value x) =>
        graph.Reduce("ReduceMean", x, [.. Enumerable.Range(0, x.Shape.Count).Select(axis => (long)axis)]);
}
