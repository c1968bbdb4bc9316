using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Deploy.Bundles;

/// <summary>
/// Test vectors in ONNX's own layout: batches of 1, 2 and 4 named images, and what the float64 evaluator makes of them; ONNX Runtime where
/// the evaluator lacks an operator.
/// </summary>
/// <param name="Files">Content by path.</param>
/// <param name="Oracle">What computed the outputs.</param>
/// <param name="Difference">Largest difference of ONNX Runtime to them, of numbers above 1 relative.</param>
sealed record TestVectors(IReadOnlyDictionary<string, byte[]> Files, string Oracle, double Difference)
{
    /// <summary>Images of each vector.</summary>
    public static IReadOnlyList<int> BatchSizes { get; } = [1, 2, 4];

    /// <summary>Makes them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="test">The named images, at least one.</param>
    /// <exception cref="CheckFailedException">ONNX Runtime does not agree with the evaluator.</exception>
    public static TestVectors Make(BundleModel model, ImageSet test)
    {
        var files = new Dictionary<string, byte[]>();
        (string input, string oracle, int first, double worst) = (model.Graph.Inputs[0].Name, "float64 evaluator", 0, 0);
        foreach ((int set, int count) in BatchSizes.Index())
        {
            float[] pixels = [.. Enumerable.Range(first, count).SelectMany(i => test.ToFloats(i % test.Count, 1))];
            first += count;
            var images = TensorData.Of(pixels, test.Shape.Axes(count));
            var inputs = new Dictionary<string, TensorData> { [input] = images };
            IReadOnlyDictionary<string, TensorData> found = OnnxRuntimeCheck.Run(model.Bytes, inputs), wanted = found;
            try
            {
                wanted = Evaluator.Run(model.Graph, inputs);
            }
            catch (GraphException)
            {
                oracle = $"ONNX Runtime {RuntimeInfo.Version}";
            }
            files[BundleLayout.Vector(set, "input_0")] = TensorFile.ToBytes(images, input);
            foreach ((int i, Value output) in model.Graph.Outputs.Index())
            {
                TensorData value = wanted[output.Name];
                value = value.Type == output.Type.Element ? value
                    : TensorData.FromDoubles(value.ToDoubles(), value.Sizes, output.Type.Element);
                files[BundleLayout.Vector(set, FormattableString.Invariant($"output_{i}"))] = TensorFile.ToBytes(value, output.Name);
                double difference = Largest(value, found[output.Name]);
                worst = Math.Max(worst, difference);
                if (!(difference <= Tolerances.Of(model, "onnxruntime", output.Name)))
                {
                    throw new CheckFailedException($"'{model.Session.Path}': ONNX Runtime {RuntimeInfo.Version} does not agree with the "
                        + $"float64 evaluator in '{output.Name}'; nothing was written. See 'uvl verify'.");
                }
            }
        }
        return new(files, oracle, worst);
    }

    static double Largest(TensorData wanted, TensorData found) => !wanted.Sizes.SequenceEqual(found.Sizes) ? double.PositiveInfinity
        : wanted.ToDoubles().Zip(found.ToDoubles(), (w, f) => Math.Abs(f - w) / Math.Max(1, Math.Abs(w))).DefaultIfEmpty().Max();
}
