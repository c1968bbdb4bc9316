using System.Text.Json.Nodes;
using Toolchain.Clustering.Projection;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Evaluate.Fusion;

/// <summary>
/// Principal components of vectors as a graph of their own: <c>embedding</c> float32 [N,D] to <c>component</c> float32 [N,P], computed in
/// float64. Metadata say how much of the variance each holds.
/// </summary>
public static class VectorComponents
{
    /// <summary>The graph: (embedding - mean) axes.</summary>
    /// <param name="pca">The components.</param>
    public static OnnxModel Build(Pca pca)
    {
        ArgumentNullException.ThrowIfNull(pca);
        (int width, int count) = (pca.Axes.GetLength(0), pca.Axes.GetLength(1));
        var graph = new GraphBuilder("components");
        Value x = graph.Input("embedding", ElementType.Float32, new Shape("N", width)); // [N,D]
        Value centred = graph.Sub(graph.Cast(x, ElementType.Float64), graph.Initializer("pca.mean", TensorData.Of(pca.Mean, width)));
        Value axes = graph.Initializer("pca.axes", TensorData.Of(pca.Axes.Cast<double>().ToArray(), width, count)); // [D,P]
        graph.Output("component", graph.Cast(graph.Apply("MatMul", [centred, axes]), ElementType.Float32)); // [N,P]
        return graph.Build(new Dictionary<string, string>
        {
            [ModelKeys.ComponentShares] = new JsonArray([.. pca.Variances.Select(variance => JsonValue.Create(ShareOf(variance, pca)))])
                .ToJsonString(),
        }, "Principal components of embeddings, fitted by uvl pca.");
    }

    /// <summary>Share of a variance in that of all components, in [0..1]; 1 where the rows do not vary.</summary>
    public static double ShareOf(double variance, Pca pca) => pca.TotalVariance > 0 ? variance / pca.TotalVariance : 1;
}
