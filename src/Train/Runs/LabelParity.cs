using Toolchain.Clustering.Fitting;
using Toolchain.Data;
using Toolchain.Export;
using Toolchain.Graph;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;

namespace Toolchain.Train.Runs;

/// <summary>Proves an exported clusterer: the graph must give the engine's labels, in every runtime at hand.</summary>
static class LabelParity
{
    // The float64 evaluator takes its time; another runtime sees every image.
    const int EvaluatorImages = 256, BatchSize = 256;

    /// <summary>Compares on the training images and returns a line for a person.</summary>
    /// <exception cref="ParityException">A label differs although the best and the second best are not tied.</exception>
    public static string Check(OnnxModel model, int[] labels, TrainingRequest request)
    {
        GraphChecker.Check(model);
        string evaluator = Compare("float64 evaluator", Math.Min(EvaluatorImages, request.Data.Count),
            inputs => Evaluator.Run(model, inputs), labels, request.Data);
        if (request.SecondRuntime is not ParityRuntime runtime)
        {
            return $"clusters equal on {evaluator}";
        }
        byte[] bytes = model.ToBytes();
        string second = Compare(runtime.Name, request.Data.Count, inputs => runtime.Run(bytes, inputs), labels, request.Data);
        return $"clusters equal on {second}, {evaluator}";
    }

    /// <summary>
    /// Compares the runtimes with each other, where the engine's labels are no longer known, and returns a line for a person.
    /// </summary>
    /// <exception cref="ParityException">A label differs although the best and the second best are not tied.</exception>
    public static string Check(OnnxModel model, TrainingRequest request)
    {
        ImageSet some = request.Data.Take(Math.Min(EvaluatorImages, request.Data.Count));
        IReadOnlyDictionary<string, TensorData> outputs =
            Evaluator.Run(model, new Dictionary<string, TensorData> { ["image"] = Images(some, 0, some.Count) });
        long[] labels = outputs["cluster"].ToInt64s();
        return Check(model, Array.ConvertAll(labels, label => (int)label), request with { Data = some });
    }

    static TensorData Images(ImageSet data, int start, int count) =>
        TensorData.Of(data.ToFloats(start, count), data.Shape.Axes(count));

    static string Compare(string name, int count, Func<Dictionary<string, TensorData>, IReadOnlyDictionary<string, TensorData>> run,
        int[] labels, ImageSet data)
    {
        int ties = 0;
        for (int start = 0; start < count; start += BatchSize)
        {
            int size = Math.Min(BatchSize, count - start);
            IReadOnlyDictionary<string, TensorData> outputs = run(new() { ["image"] = Images(data, start, size) });
            long[] clusters = outputs["cluster"].ToInt64s();
            var compared = LabelComparison.Of(clusters, outputs["probability"].ToDoubles(), labels.AsSpan(start, size));
            ties += compared.Wrong < 0 ? compared.Ties
                : throw new ParityException($"image {start + compared.Wrong}: {name} gives cluster {clusters[compared.Wrong]}, the "
                    + $"clustering engine {labels[start + compared.Wrong]}, and their probabilities differ by {compared.Margin:g2}; the "
                    + "export is wrong and was not written.");
        }
        return $"{Printable.Count(count, "image")} in {name}{(ties > 0 ? $" ({ties} ties)" : "")}";
    }
}
