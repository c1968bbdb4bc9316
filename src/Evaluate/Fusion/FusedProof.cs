using Toolchain.Data;
using Toolchain.Graph;

namespace Toolchain.Evaluate.Fusion;

/// <summary>A fused file must say in ONNX Runtime what the engine said that fitted it, before it is written.</summary>
public static class FusedProof
{
    /// <summary>Runs 256 images through the fused model.</summary>
    /// <param name="fused">The model.</param>
    /// <param name="labels">Cluster of each image, [N].</param>
    /// <param name="digits">The images.</param>
    /// <exception cref="CheckFailedException">It names another cluster than <paramref name="labels"/>, and not by a near tie.</exception>
    public static void Require(OnnxModel fused, int[] labels, DigitSet digits)
    {
        GraphChecker.Check(fused);
        int count = Math.Min(256, digits.Count);
        float[] pixels = digits.ToFloats(0, count);
        var inputs = new Dictionary<string, TensorData> { ["image"] = TensorData.Of(pixels, count, 1, DigitSet.Side, DigitSet.Side) };
        IReadOnlyDictionary<string, TensorData> outputs = OnnxRuntimeCheck.Run(fused.ToBytes(), inputs);
        long[] clusters = outputs["cluster"].ToInt64s();
        double[] probabilities = outputs["probability"].ToDoubles();
        int k = probabilities.Length / count;
        for (int i = 0; i < count; i++)
        {
            if (clusters[i] != labels[i] && Math.Abs(probabilities[i * k + (int)clusters[i]] - probabilities[i * k + labels[i]]) > 1e-4)
            {
                throw new CheckFailedException($"image {i}: the fused model gives cluster {clusters[i]}, the clusterer "
                    + $"{labels[i]}; nothing was written.");
            }
        }
    }
}
