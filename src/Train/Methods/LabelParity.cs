using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Train.Running;

namespace Toolchain.Train.Methods;

/// <summary>Proves an exported clusterer: the graph must give the engine's labels, in every runtime at hand.</summary>
static class LabelParity
{
    // Enough to meet every cluster, few enough for the slow evaluator.
    const int ImageCount = 256;

    /// <summary>Compares on the first images and returns a line for a person.</summary>
    /// <exception cref="Export.ParityException">A label differs although the best and the second best are not tied.</exception>
    public static string Check(OnnxModel model, int[] labels, TrainingRequest request)
    {
        GraphChecker.Check(model);
        int count = Math.Min(ImageCount, request.Digits.Count);
        var pixels = new float[count * DigitSet.PixelCount];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = request.Digits.Pixels[i] / 255f;
        }
        var inputs = new Dictionary<string, TensorData> { ["image"] = TensorData.Of(pixels, count, 1, DigitSet.Side, DigitSet.Side) };
        var runtimes = new List<(string Name, IReadOnlyDictionary<string, TensorData> Outputs)> { ("float64 evaluator", Evaluator.Run(model, inputs)) };
        if (request.SecondRuntime is not null)
        {
            runtimes.Add((request.SecondRuntime.Name, request.SecondRuntime.Run(model.ToBytes(), inputs)));
        }
        int ties = 0;
        foreach ((string name, IReadOnlyDictionary<string, TensorData> outputs) in runtimes)
        {
            long[] clusters = outputs["cluster"].ToInt64s();
            double[] probabilities = outputs["probability"].ToDoubles();
            int k = probabilities.Length / count;
            for (int i = 0; i < count; i++)
            {
                if (clusters[i] != labels[i])
                {
                    double margin = Math.Abs(probabilities[i * k + labels[i]] - probabilities[i * k + clusters[i]]);
                    ties++;
                    if (margin > 1e-4)
                    {
                        throw new Export.ParityException($"image {i}: {name} says cluster {clusters[i]}, the clustering engine {labels[i]}, and their probabilities differ by {margin:g2}; the export is wrong and was not written.");
                    }
                }
            }
        }
        return $"labels equal on {count} images in {string.Join(" and ", runtimes.Select(runtime => runtime.Name))}{(ties > 0 ? $", {ties} ties" : "")}";
    }
}
