using Toolchain.Graph.Building;

namespace Toolchain.Graph.Heads;

/// <summary>
/// Graphs from rows <c>x [N,D]</c> to <c>probability [N,K]</c> and <c>cluster [N]</c>. They compute in float64, so that labels do not
/// depend on the order in which a runtime adds up, and give float32 probabilities.
/// </summary>
public static class ClusterHead
{
    /// <summary>
    /// k-means: the nearest centre by squared Euclidean distance, |x|^2 - 2 x.c + |c|^2. The probability is a softmax over
    /// -distance / (2 s^2) with s^2 the mean squared distance per dimension in training: a mixture of equal round Gaussians.
    /// </summary>
    /// <param name="graph">Receives the nodes.</param>
    /// <param name="rows">Float tensor [N,D].</param>
    /// <param name="centres">Centres, row-major [K,D].</param>
    /// <param name="variance">s^2, above 0.</param>
    /// <exception cref="GraphException">The rows have another width than the centres.</exception>
    public static (Value Probability, Value Cluster) KMeans(GraphBuilder graph, Value rows, double[,] centres, double variance)
    {
        (int count, int width) = (centres.GetLength(0), centres.GetLength(1));
        double[] norms = [.. Enumerable.Range(0, count).Select(k => Enumerable.Range(0, width).Sum(d => centres[k, d] * centres[k, d]))];
        Value x = graph.Cast(rows, ElementType.Float64); // [N,D]
        Value c = graph.Initializer("kmeans.centres", TensorData.Of(centres.Cast<double>().ToArray(), count, width)); // [K,D]
        // [N,K]
        Value product = graph.Gemm(x, c, graph.Initializer("kmeans.squared_norms", TensorData.Of(norms, count)), transB: true, alpha: -2);
        Value squares = graph.Reduce("ReduceSumSquare", x, [1], keep: true); // [N,1]
        Value distance = graph.Add(product, squares); // [N,K]
        Value logits = graph.Mul(distance, graph.Scalar(-0.5 / variance, distance));
        return (graph.Cast(graph.Softmax(logits), ElementType.Float32), graph.ArgMin(distance, 1));
    }

    /// <summary>
    /// Gaussian mixture with full covariances: log N(x | mean_k, covariance_k) + log weight_k = bias_k - |(x - mean_k) P_k|^2 / 2, where
    /// P_k P_k^T is the inverse covariance. All components in one product: x [N,D] by P [D,K*D].
    /// </summary>
    /// <param name="graph">Receives the nodes.</param>
    /// <param name="rows">Float tensor [N,D].</param>
    /// <param name="means">Means, row-major [K,D].</param>
    /// <param name="precisions">Factors P_k, row-major [K,D,D].</param>
    /// <param name="bias">log weight_k + log det P_k - D/2 log 2 pi, [K].</param>
    /// <exception cref="GraphException">The rows have another width than the means.</exception>
    public static (Value Probability, Value Cluster) GaussianMixture(GraphBuilder graph, Value rows, double[,] means, double[,,] precisions,
        double[] bias)
    {
        (int count, int width) = (means.GetLength(0), means.GetLength(1));
        var factor = new double[width, count * width]; // [D,K*D]
        var shift = new double[count * width];         // mean_k P_k
        for (int k = 0; k < count; k++)
        {
            for (int column = 0; column < width; column++)
            {
                for (int row = 0; row < width; row++)
                {
                    factor[row, k * width + column] = precisions[k, row, column];
                    shift[k * width + column] -= means[k, row] * precisions[k, row, column];
                }
            }
        }
        Value x = graph.Cast(rows, ElementType.Float64); // [N,D]
        Value p = graph.Initializer("mixture.precision_factors", TensorData.Of(factor.Cast<double>().ToArray(), width, count * width));
        Value whitened = graph.Gemm(x, p, graph.Initializer("mixture.shift", TensorData.Of(shift, count * width))); // [N,K*D]
        Value distance = graph.Reduce("ReduceSumSquare", graph.Reshape(whitened, -1, count, width), [2]); // [N,K]
        Value logits = graph.Add(graph.Mul(distance, graph.Scalar(-0.5, distance)),
            graph.Initializer("mixture.bias", TensorData.Of(bias, count)));
        return (graph.Cast(graph.Softmax(logits), ElementType.Float32), graph.ArgMax(logits, 1));
    }

    /// <summary>A linear classifier: probability is the softmax of weight x + bias, cluster the class of the largest.</summary>
    /// <param name="graph">Receives the nodes.</param>
    /// <param name="rows">Float tensor [N,D].</param>
    /// <param name="weight">[K,D].</param>
    /// <param name="bias">[K].</param>
    /// <param name="type">
    /// What it computes in: float32 also runs where there is no float64 (OpenCV), at the price of other labels at near ties.
    /// </param>
    /// <exception cref="GraphException">The rows have another width than the weights.</exception>
    public static (Value Probability, Value Cluster) Linear(GraphBuilder graph, Value rows, double[,] weight, double[] bias,
        ElementType type = ElementType.Float64)
    {
        Value w = Weight("linear.weight", weight.Cast<double>(), weight.GetLength(0), weight.GetLength(1)); // [K,D]
        Value logits = graph.Gemm(graph.Cast(rows, type), w, Weight("linear.bias", bias, bias.Length), transB: true); // [N,K]
        return (graph.Cast(graph.Softmax(logits), ElementType.Float32), graph.ArgMax(logits, 1));

        Value Weight(string name, IEnumerable<double> values, params long[] sizes) => graph.Initializer(name,
            type == ElementType.Float64 ? TensorData.Of([.. values], sizes)
            : TensorData.Of([.. values.Select(value => (float)value)], sizes));
    }
}
