using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Training;

namespace Toolchain.Evaluate.Probe;

/// <summary>
/// The training of softmax regression as one graph in standard operators, so that it runs on any ONNX runtime: a loop whose body takes a
/// batch of rows by their indices, standardises it, and makes one step of Adam down the gradient of the mean cross-entropy and of half the
/// weights' squared length times a decay.
/// </summary>
static class ProbeGraph
{
    public const string Weight = "weight", Bias = "bias";

    /// <summary>
    /// Inputs: rows <c>x [N,D]</c> with their classes <c>digits [N]</c>; <c>order [S,B]</c>, the rows of each step's batch;
    /// <c>mean [D]</c> and <c>scale [D]</c> by which rows are standardised; <c>learning_rate [S]</c> of each step; <c>decay</c>; and the
    /// state: <c>weight [K,D]</c> and <c>bias [K]</c> with their moments, and the steps that made it. Outputs: the state after S steps, and
    /// the <c>loss [S]</c> of each batch before its step.
    /// </summary>
    public static TrainingGraph Build(int width, int classes)
    {
        var graph = new GraphBuilder("linear_probe");
        Term x = new(graph, graph.Input("x", ElementType.Float32, new Shape("N", width))),
            mean = new(graph, graph.Input("mean", ElementType.Float32, new Shape(width))),
            scale = new(graph, graph.Input("scale", ElementType.Float32, new Shape(width))),
            decay = new(graph, graph.Input("decay", ElementType.Float32, new Shape()));
        Value digits = graph.Input("digits", ElementType.Int64, new Shape("N"));
        Term weight = new(graph, graph.Initializer(Weight, TensorData.Of(new float[classes * width], classes, width)));
        Value bias = graph.Initializer(Bias, TensorData.Of(new float[classes], classes));
        Value logits = graph.Gemm((x - mean) * scale, weight, bias, transB: true); // [N,K]
        Term length = new(graph, graph.Reduce("ReduceSumSquare", weight, [0, 1]));
        graph.Output("loss", new Term(graph, TrainingLosses.CrossEntropy(graph, logits, digits)) + decay * length / 2);
        return TrainingGraph.Build(graph.Build(), "loss", new AdamW(Decay: 0), [Weight, Bias]);
    }
}
