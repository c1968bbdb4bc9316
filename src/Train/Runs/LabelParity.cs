using Toolchain.Data;
using Toolchain.Export;
using Toolchain.Graph;

namespace Toolchain.Train.Runs;

/// <summary>Proves an exported clusterer: the graph must give the engine's labels, in every runtime at hand.</summary>
static class LabelParity
{
    // The float64 evaluator takes its time; another runtime sees every image.
    const int EvaluatorImages = 256, BatchSize = 256;

    // Between the best and the second best a difference below this is a tie, which rounding may settle either way.
    const double TieMargin = 1e-4;

    /// <summary>Compares on the training images and returns a line for a person.</summary>
    /// <exception cref="ParityException">A label differs although the best and the second best are not tied.</exception>
    public static string Check(OnnxModel model, int[] labels, TrainingRequest request)
    {
        GraphChecker.Check(model);
        string evaluator = Compare("float64 evaluator", Math.Min(EvaluatorImages, request.Digits.Count), inputs =>
            Evaluator.Run(model, inputs), labels, request.Digits);
        if (request.SecondRuntime is not ParityRuntime runtime)
        {
            return $"labels equal on {evaluator}";
        }
        byte[] bytes = model.ToBytes();
        string second = Compare(runtime.Name, request.Digits.Count, inputs => runtime.Run(bytes, inputs), labels, request.Digits);
        return $"labels equal on {second}, {evaluator}";
    }

    /// <summary>
    /// Compares the runtimes with each other, where the engine's labels are no longer known, and returns a line for a person.
    /// </summary>
    /// <exception cref="ParityException">A label differs although the best and the second best are not tied.</exception>
    public static string Check(OnnxModel model, TrainingRequest request)
    {
        DigitSet some = request.Digits.Take(Math.Min(EvaluatorImages, request.Digits.Count));
        long[] labels = Evaluator.Run(model, new Dictionary<string, TensorData> { ["image"] = Images(some, 0, some.Count) })[
            "cluster"].ToInt64s();
        return Check(model, Array.ConvertAll(labels, label => (int)label), request with { Digits = some });
    }

    static TensorData Images(DigitSet digits, int start, int count) =>
        TensorData.Of(digits.ToFloats(start, count), count, 1, DigitSet.Side, DigitSet.Side);

    static string Compare(string name, int count, Func<Dictionary<string, TensorData>, IReadOnlyDictionary<string, TensorData>> run,
        int[] labels, DigitSet digits)
    {
        int ties = 0;
        for (int start = 0; start < count; start += BatchSize)
        {
            int size = Math.Min(BatchSize, count - start);
            IReadOnlyDictionary<string, TensorData> outputs = run(new() { ["image"] = Images(digits, start, size) });
            ties += Ties(name, outputs["cluster"].ToInt64s(), outputs["probability"].ToDoubles(), labels.AsSpan(start, size), start);
        }
        return $"{count} images in {name}{(ties > 0 ? $" ({ties} ties)" : "")}";
    }

    static int Ties(string name, long[] clusters, double[] probabilities, ReadOnlySpan<int> labels, int first)
    {
        int ties = 0, k = probabilities.Length / clusters.Length;
        for (int i = 0; i < clusters.Length; i++)
        {
            if (clusters[i] != labels[i])
            {
                double margin = Math.Abs(probabilities[i * k + labels[i]] - probabilities[i * k + clusters[i]]);
                ties++;
                if (margin > TieMargin)
                {
                    throw new ParityException($"image {first + i}: {name} says cluster {clusters[i]}, the clustering engine {labels[i]}, "
                        + $"and their probabilities differ by {margin:g2}; the export is wrong and was not written.");
                }
            }
        }
        return ties;
    }
}
