using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate;

namespace Toolchain.Deploy.Bundles;

/// <summary>
/// How far a runtime may be from the test vectors, of numbers above 1 relative, and from the expected accuracy.
/// </summary>
static class Tolerances
{
    /// <summary>
    /// Runtimes, and how many times the tolerance of ONNX Runtime each may have: OpenCV and CUDA sum in an order of their own, CUDA in
    /// TF32.
    /// </summary>
    public static IReadOnlyDictionary<string, double> Factors { get; } = new Dictionary<string, double>
    {
        ["onnxruntime"] = 1,
        ["onnxruntime-web"] = 1,
        ["reference"] = 1,
        ["evaluator"] = 1,
        ["opencv"] = 10,
        ["cuda"] = 10,
    };

    // A mixture behind a float32 encoder magnifies the last bits of the embedding.
    const double MixtureFactor = 100;

    // Share of the images that may be named otherwise, beside two that chance decides.
    const double AccuracyShare = .0005, ChanceImages = 2;

    /// <summary>The tolerance of an output.</summary>
    /// <param name="model">The model.</param>
    /// <param name="runtime">One of <see cref="Factors"/>.</param>
    /// <param name="output">Name of the output.</param>
    public static double Of(BundleModel model, string runtime, string output) => Factors[runtime] * ModelAgreement.Tolerance(model.Graph)
        * (output == "probability" && model.Session.Metadata.GetValueOrDefault(ModelKeys.Clusterer) == "gmm" ? MixtureFactor : 1);

    /// <summary>The tolerance of the accuracy.</summary>
    /// <param name="imageCount">Number of named images.</param>
    public static double Accuracy(int imageCount) => AccuracyShare + ChanceImages / imageCount;

    /// <summary>Those of all runtimes.</summary>
    public static JsonObject ToJson(BundleModel model, int imageCount)
    {
        var all = new JsonObject();
        foreach (string runtime in Factors.Keys)
        {
            var outputs = new JsonObject();
            foreach (string output in model.Outputs)
            {
                outputs[output] = Of(model, runtime, output);
            }
            all[runtime] = new JsonObject { ["outputs"] = outputs, ["accuracy"] = Accuracy(imageCount) };
        }
        return all;
    }
}
