using Toolchain.Clustering.Fitting;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Files;

namespace Toolchain.Evaluate.Fusion;

/// <summary>Proves a fused model before it is written: in ONNX Runtime it gives the clusters of the engine that fitted it.</summary>
public static class FusedProof
{
    /// <summary>Runs 256 images through the fused model.</summary>
    /// <param name="fused">The model.</param>
    /// <param name="labels">Cluster of each image, [N].</param>
    /// <param name="data">The images.</param>
    /// <exception cref="CheckFailedException">It names another cluster than <paramref name="labels"/>, and not by a near tie.</exception>
    public static void Require(OnnxModel fused, int[] labels, ImageSet data)
    {
        GraphChecker.Check(fused);
        int count = Math.Min(256, data.Count);
        float[] pixels = data.ToFloats(0, count);
        var inputs = new Dictionary<string, TensorData> { ["image"] = TensorData.Of(pixels, data.Shape.Axes(count)) };
        IReadOnlyDictionary<string, TensorData> outputs = OnnxRuntimeCheck.Run(fused.ToBytes(), inputs);
        long[] clusters = outputs["cluster"].ToInt64s();
        var compared = LabelComparison.Of(clusters, outputs["probability"].ToDoubles(), labels.AsSpan(0, count));
        if (compared.Wrong >= 0)
        {
            throw new CheckFailedException($"image {compared.Wrong}: the fused model gives cluster {clusters[compared.Wrong]}, the "
                + $"clusterer {labels[compared.Wrong]}; nothing was written.");
        }
    }
}
