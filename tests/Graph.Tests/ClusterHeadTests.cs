using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Heads;

namespace Toolchain.Graph.Tests;

public sealed class ClusterHeadTests
{
    static (double[] Probability, double[] Cluster) Run(Func<GraphBuilder, Value, (Value, Value)> head, float[] rows, int width)
    {
        var graph = new GraphBuilder();
        (Value probability, Value cluster) = head(graph, graph.Input("x", ElementType.Float32, new Shape("N", width)));
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        OnnxModel model = OnnxFile.FromBytes(graph.Build().ToBytes());
        GraphChecker.Check(model);
        Assert.Equal("N", model.Outputs[0].Shape[0].Name);
        var result = Evaluator.Run(model, new Dictionary<string, TensorData> { ["x"] = TensorData.Of(rows, rows.Length / width, width) });
        return (result["probability"].ToDoubles(), result["cluster"].ToDoubles());
    }

    [Fact]
    public void KMeans_ByHand() // distances from 1: 1 and 4; softmax of -1/2 and -2 at variance 1
    {
        (double[] probability, double[] cluster) = Run((graph, x) => ClusterHead.KMeans(graph, x, new double[,] { { 0 }, { 3 } }, 1),
            [1, 2.5f], 1);
        Assert.Equal([0.0, 1], cluster);
        Assert.Equal(1 / (1 + Math.Exp(-1.5)), probability[0], 1e-12);
    }

    [Fact]
    public void GaussianMixture_EqualsTheDensityFormula()
    {
        double[,] means = { { 0, 0 }, { 2, 1 } };
        double[,,] precisions = { { { 1, 0 }, { 0, 1 } }, { { 2, 0.5 }, { 0, 1 } } };
        double[] weights = [0.3, 0.7], determinants = [1, 2];
        double[] bias = [.. Enumerable.Range(0, 2).Select(k => Math.Log(weights[k]) + Math.Log(determinants[k]) - Math.Log(2 * Math.PI))];
        float[] rows = [0.5f, -0.25f, 1.5f, 1];
        (double[] probability, double[] cluster) = Run((graph, x) => ClusterHead.GaussianMixture(graph, x, means, precisions, bias), rows,
            2);

        for (int n = 0; n < 2; n++)
        {
            double[] density = [.. Enumerable.Range(0, 2).Select(k => Density(rows[2 * n], rows[2 * n + 1], k))];
            Assert.Equal(density[0] / density.Sum(), probability[2 * n], 1e-12);
            Assert.Equal(density[0] > density[1] ? 0 : 1, cluster[n]);
        }

        double Density(double x, double y, int k)
        {
            (double a, double b) = (x - means[k, 0], y - means[k, 1]);
            double u = a * precisions[k, 0, 0] + b * precisions[k, 1, 0], v = a * precisions[k, 0, 1] + b * precisions[k, 1, 1];
            return weights[k] * determinants[k] / (2 * Math.PI) * Math.Exp(-0.5 * (u * u + v * v));
        }
    }
}
