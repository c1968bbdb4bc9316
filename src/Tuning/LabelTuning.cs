using Microsoft.ML.OnnxRuntime;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;
using Toolchain.Graph.Passes;
using Toolchain.Graph.Training;

namespace Toolchain.Tuning;

/// <summary>
/// Tuning with labels: a classifier is fitted to the embeddings of the labelled images, and then encoder and classifier learn together, by
/// the cross-entropy of random views; or the classifier alone.
/// </summary>
public static class LabelTuning
{
    const string Embedding = "embedding", Weight = "head.weight", Bias = "head.bias", Target = "target";

    /// <summary>Tunes an encoder.</summary>
    /// <param name="encoder">A float32 model with an output "embedding" [N,D].</param>
    /// <param name="labelled">The labelled images.</param>
    /// <param name="rows">Their embeddings before, [N,D].</param>
    /// <param name="classCount">Number of classes (K).</param>
    /// <param name="options">How long and how fast.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>The encoder after, and the classifier of its embeddings.</returns>
    /// <exception cref="GraphException">The encoder has no embedding, or an operator without a gradient.</exception>
    public static (OnnxModel Encoder, LinearClassifier Classifier) Run(OnnxModel encoder, ImageSet labelled, Rows rows, int classCount,
        TuneOptions options, CancellationToken cancellation = default)
    {
        LinearClassifier start = LinearProbe.Fit(rows, labelled.Labels, classCount, options.Seed, options.Device, cancellation);
        var loop = new TuneLoop(Training(encoder, start, options.HeadOnly), labelled, options, encoder.Inputs[0].Name);
        IReadOnlyDictionary<string, TensorData> state = loop.Run(_ => { }, batch => KeyValuePair.Create(Target,
            OrtValue.CreateTensorValueFromMemory([.. batch.Select(sample => (long)labelled.Labels![sample])], [batch.Length])),
                cancellation);
        double[] flat = state[Weight].ToDoubles();
        var weight = new double[classCount, rows.Width];
        Buffer.BlockCopy(flat, 0, weight, 0, flat.Length * sizeof(double));
        return (TrainingGraph.WithState(encoder, state), new LinearClassifier(weight, state[Bias].ToDoubles()));
    }

    /// <summary>The training as a graph of its own.</summary>
    /// <param name="encoder">A float32 model with an output "embedding" [N,D].</param>
    /// <param name="start">The classifier to begin with, of D columns.</param>
    /// <param name="headOnly">Whether the classifier learns alone; the encoder may then be of any kind.</param>
    /// <exception cref="GraphException">The encoder has no embedding, or an operator without a gradient.</exception>
    public static TrainingGraph Training(OnnxModel encoder, LinearClassifier start, bool headOnly = false)
    {
        OnnxModel bare = encoder.Only(Embedding);
        string[] learned = headOnly ? [Weight, Bias] : [.. Weights(bare), Weight, Bias];
        return TrainingGraph.Build(WithHead(bare, start), "loss", new AdamW(1e-2), learned);
    }

    /// <summary>What learns in a finished encoder.</summary>
    /// <exception cref="GraphException">Nothing does: its weights are not float32.</exception>
    internal static IReadOnlyList<string> Weights(OnnxModel encoder) => TrainableWeights.Of(encoder) is { Count: > 0 } weights ? weights
        : throw new GraphException($"model '{encoder.Name}' has no float32 weights to tune; take a model that is neither float16 nor 8 "
            + "bits.");

    static OnnxModel WithHead(OnnxModel encoder, LinearClassifier start) => TrainingGraph.WithLoss(encoder, (graph, outputs) =>
    {
        Value weight = graph.Initializer(Weight, TensorData.FromDoubles([.. start.Weight.Cast<double>()],
            [start.Weight.GetLength(0), start.Weight.GetLength(1)], ElementType.Float32));
        Value bias = graph.Initializer(Bias, TensorData.FromDoubles(start.Bias, [start.Bias.Length], ElementType.Float32));
        Value target = graph.Input(Target, ElementType.Int64, new Shape("N"));
        return TrainingLosses.CrossEntropy(graph, graph.Gemm(outputs[Embedding], weight, bias, transB: true), target);
    });
}
