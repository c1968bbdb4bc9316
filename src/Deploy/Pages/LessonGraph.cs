using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Training;

namespace Toolchain.Deploy.Pages;

/// <summary>
/// What a visitor's examples teach a page: a linear layer on embeddings that is added to what the model says already, trained by
/// cross-entropy in the browser. It begins at zero, so that before the first step the page answers as the model does.
/// </summary>
static class LessonGraph
{
    /// <summary>The state that holds the layer's weight, [K,D].</summary>
    public const string Weight = "head.weight";

    /// <summary>The state that holds the layer's bias, [K].</summary>
    public const string Bias = "head.bias";

    /// <summary>
    /// All steps as one model. Inputs: <c>embedding</c> [N,D], standardised; <c>known</c> [N,K], logarithms of the shares of the classes
    /// that the model gives; <c>target</c> [N], classes; <c>order</c> [S,B], the rows of each step; <c>learning_rate</c> [S]; and the
    /// state, zeros. Outputs: the state after the steps, and the <c>loss</c> [S] of each batch before its step.
    /// </summary>
    /// <param name="width">Numbers of an embedding (D).</param>
    /// <param name="classCount">Classes of the page (K).</param>
    public static OnnxModel Build(int width, int classCount)
    {
        var graph = new GraphBuilder("lesson");
        Value embedding = graph.Input("embedding", ElementType.Float32, new Shape("N", width)),
            known = graph.Input("known", ElementType.Float32, new Shape("N", classCount)),
            target = graph.Input("target", ElementType.Int64, new Shape("N"));
        Value weight = graph.Initializer(Weight, TensorData.Of(new float[classCount * width], classCount, width));
        Value bias = graph.Initializer(Bias, TensorData.Of(new float[classCount], classCount));
        Value logits = graph.Add(known, graph.Gemm(embedding, weight, bias, transB: true)); // [N,K]
        graph.Output("loss", TrainingLosses.CrossEntropy(graph, logits, target));
        return TrainingGraph.Build(graph.Build(), "loss", new Sgd(0.9), [Weight, Bias]).Pass();
    }
}
