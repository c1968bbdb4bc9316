using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Passes;
using Toolchain.Graph.Training;
using Toolchain.Inference;

namespace Toolchain.Tuning;

/// <summary>Tuning without labels: momentum contrast of two random views of each image, beginning with the encoder as it is.</summary>
public static class ContrastTuning
{
    const string Embedding = "embedding", Contrasted = "contrasted";

    /// <summary>Tunes an encoder.</summary>
    /// <param name="encoder">A float32 model with an output "embedding" [N,D].</param>
    /// <param name="data">The images; labels are not read.</param>
    /// <param name="options">How long and how fast.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>The encoder after.</returns>
    /// <exception cref="GraphException">The encoder has no embedding, or an operator without a gradient.</exception>
    public static OnnxModel Run(OnnxModel encoder, ImageSet data, TuneOptions options, CancellationToken cancellation = default)
    {
        int queueLength = Math.Min(2048, 4 * Math.Min(options.BatchSize, data.Count));
        var loop = new TuneLoop(Training(encoder, queueLength), data, options, MomentumContrast.FirstView, MomentumContrast.SecondView);
        OnnxModel bare = Standardised(encoder.Only(Embedding));
        return TrainingGraph.WithState(encoder, loop.Run(session => Fill(session, bare, loop, data, options, queueLength), null,
            cancellation));
    }

    /// <summary>The training as a graph of its own.</summary>
    /// <param name="encoder">A float32 model with an output "embedding" [N,D].</param>
    /// <param name="queueLength">Number of earlier keys, at least 1.</param>
    /// <exception cref="GraphException">The encoder has no embedding, or an operator without a gradient.</exception>
    public static TrainingGraph Training(OnnxModel encoder, int queueLength)
    {
        OnnxModel bare = Standardised(encoder.Only(Embedding));
        IReadOnlyList<string> weights = LabelTuning.Weights(bare);
        return TrainingGraph.Build(MomentumContrast.Build(bare, Contrasted, weights, new() { QueueLength = queueLength }), "loss",
            new Sgd(0.9, 1e-4), weights, new TrainingOptions { Constants = MomentumContrast.Constants });
    }

    // Each column at mean 0 and variance 1 over the batch, then rows of unit length: otherwise queries part from the queue's older keys by
    // drifting along together (docs/models/moco.md).
    static OnnxModel Standardised(OnnxModel encoder)
    {
        var graph = new GraphBuilder(encoder.Name, encoder.Opset);
        Value[] inputs = [.. encoder.Inputs.Select(input => graph.Input(input.Name, input.Type.Element, input.Shape))];
        Term rows = new(graph, graph.Inline(encoder, inputs)[Embedding]), centred = rows - rows.Reduce("ReduceMean", 0);
        Term scaled = centred / ((centred * centred).Reduce("ReduceMean", 0) + 1e-5).Apply("Sqrt");
        graph.Output(Contrasted, scaled / ((scaled * scaled).Reduce("ReduceSum", 1) + 1e-12).Apply("Sqrt"));
        return graph.Build();
    }

    // The queue begins with keys of views of real images: from zeros the first steps would learn to part from nothing.
    static void Fill(StepRunner session, OnnxModel encoder, TuneLoop loop, ImageSet data, TuneOptions options, int length)
    {
        int[] order = new RandomStream((ulong)options.Seed, "queue").NextPermutation(data.Count);
        int[] samples = [.. Enumerable.Range(0, length).Select(i => order[i % order.Length])];
        float[] views = loop.Views(samples);
        (InferenceSession keys, _) = Sessions.Open(Graph.Files.OnnxFile.ToBytes(encoder), "the encoder", options.Device, options.Threads);
        using (keys)
        using (RunOptions quiet = Sessions.Quiet())
        using (var image = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, views.AsMemory(0, length * data.Shape.Size),
            data.Shape.Axes(length)))
        using (IDisposableReadOnlyCollection<OrtValue> found = keys.Run(quiet, [encoder.Inputs[0].Name], [image], [Contrasted]))
        {
            ReadOnlySpan<float> values = found[0].GetTensorDataAsSpan<float>();
            TensorData queue = TensorData.Of(values, length, values.Length / length);
            session.Load(new Dictionary<string, TensorData> { [MomentumContrast.Queue] = queue });
        }
    }
}
