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
    /// <param name="rows">The rows that they were fitted on, [N,D]; of a rank, its rows.</param>
    /// <param name="given">The ranks that fitted them; null for one program.</param>
    public static OnnxModel Build(FittedHead head, Rows rows, IRanks? given = null)
    {
        IRanks ranks = given ?? IRanks.Alone(rows.Count);
        double[] means = Means(head, rows, ranks);
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
            [ModelKeys.ClusterShares] = new JsonArray([.. head.Sizes.Select(size => JsonValue.Create(size / (double)ranks.RowCount))])
                .ToJsonString(),
            [ModelKeys.ClusterDistance] = Quantile(head, rows, means, ranks).ToString("r", CultureInfo.InvariantCulture),
        }, "Clusters of embeddings, fitted by uvl cluster.");
    }

    static double[] Means(FittedHead head, Rows rows, IRanks ranks)
    {
        double[] means = ranks.SumParts("means of clusters", rows.Count, head.Count * rows.Width, (begin, end, sums) =>
        {
            for (int row = begin; row < end; row++)
            {
                int first = head.Labels[row] * rows.Width;
                for (int i = 0; i < rows.Width; i++)
                {
                    sums[first + i] += rows[row][i];
                }
            }
        });
        for (int i = 0; i < means.Length; i++)
        {
            means[i] /= Math.Max(1, head.Sizes[i / rows.Width]);
        }
        return means;
    }

    static float Quantile(FittedHead head, Rows rows, double[] means, IRanks ranks)
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
        return OrderStatistic.Of(distances, (long)Math.Min(ranks.RowCount - 1, Math.Ceiling(Near * ranks.RowCount)), ranks);
    }
}
