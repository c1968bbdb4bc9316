using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Evaluate.Fusion;

/// <summary>
/// Clusters of vectors as a graph of their own: <c>embedding</c> float32 [N,D] to <c>probability</c> [N,K], <c>cluster</c> [N] and
/// <c>distance</c> [N], the Euclidean distance from the mean of the cluster's fitted rows. Metadata say how those lay.
/// </summary>
public static class VectorClusters
{
    // The share of the fitted rows that are nearer than the distance in the metadata.
    const double Near = 0.99;

    /// <summary>The graph.</summary>
    /// <param name="head">The clusters.</param>
    /// <param name="rows">The rows that they were fitted on, [N,D].</param>
    public static OnnxModel Build(FittedHead head, Rows rows)
    {
        (double[] means, int[] sizes) = Means(head, rows);
        var graph = new GraphBuilder("clusters");
        Value x = graph.Input("embedding", ElementType.Float32, new Shape("N", rows.Width));
        (Value probability, Value cluster) = head.Build(graph, x);
        Value own = graph.Apply("Gather",
            [graph.Initializer("clusters.means", TensorData.Of(means, head.Count, rows.Width)), cluster]); // [N,D]
        Value apart = graph.Sub(graph.Cast(x, ElementType.Float64), own);
        Value distance = graph.Apply("Sqrt", [graph.Reduce("ReduceSumSquare", apart, [1])]); // [N]
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        graph.Output("distance", graph.Cast(distance, ElementType.Float32));
        return graph.Build(new Dictionary<string, string>
        {
            [ModelKeys.Clusterer] = head.Name,
            [ModelKeys.Clusters] = head.Count.ToString(CultureInfo.InvariantCulture),
            [ModelKeys.ClusterShares] = new JsonArray([.. sizes.Select(size => JsonValue.Create(size / (double)rows.Count))])
                .ToJsonString(),
            [ModelKeys.ClusterDistance] = Quantile(head, rows, means).ToString("r", CultureInfo.InvariantCulture),
        }, "Clusters of embeddings, fitted by uvl cluster.");
    }

    static (double[] Means, int[] Sizes) Means(FittedHead head, Rows rows)
    {
        var means = new double[head.Count * rows.Width];
        var sizes = new int[head.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            int first = head.Labels[row] * rows.Width;
            sizes[head.Labels[row]]++;
            for (int i = 0; i < rows.Width; i++)
            {
                means[first + i] += rows[row][i];
            }
        }
        for (int i = 0; i < means.Length; i++)
        {
            means[i] /= Math.Max(1, sizes[i / rows.Width]);
        }
        return (means, sizes);
    }

    static float Quantile(FittedHead head, Rows rows, double[] means)
    {
        var distances = new float[rows.Count];
        for (int row = 0; row < distances.Length; row++)
        {
            int first = head.Labels[row] * rows.Width;
            double sum = 0;
            for (int i = 0; i < rows.Width; i++)
            {
                double apart = rows[row][i] - means[first + i];
                sum += apart * apart;
            }
            distances[row] = (float)Math.Sqrt(sum);
        }
        Array.Sort(distances);
        return distances[(int)Math.Min(distances.Length - 1, Math.Ceiling(Near * distances.Length))];
    }
}
