using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Data.Seeds;
using Toolchain.Evaluate.Fusion;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;

namespace Toolchain.Evaluate.Tests;

/// <summary><see cref="ClusterMethod.Spectral"/>.</summary>
public sealed class SpectralHeadTests
{
    const int Count = 300;

    // Two long strips one beside the other: each is one piece, and longer than they are apart.
    static Rows Strips(int sample)
    {
        var random = new RandomStream(4, "strips", sample: sample);
        var values = new float[Count * 2];
        for (int row = 0; row < Count; row++)
        {
            (values[2 * row], values[2 * row + 1]) = (20 * random.NextSingle(), row % 2 * 3 + 0.1f * (float)random.NextNormal());
        }
        return new Rows(values, 2);
    }

    [Fact]
    public void Strips_AreFoundWhereKMeansCutsThem()
    {
        Rows rows = Strips(1);
        var factory = new ClustererFactory(0, 1);
        FittedHead head = FittedHead.Fit(rows, ClusterMethod.Spectral, 2, factory);
        Assert.Equal(1, Pure(head.Labels));
        Assert.Equal(1, Pure(head.Assign(Strips(2))));
        Assert.InRange(Pure(FittedHead.Fit(rows, ClusterMethod.KMeans, 2, factory).Labels), 0.5, 0.7);
        Assert.Equal([Count / 2, Count / 2], head.Sizes);
        Assert.Equal(("spectral", "spectral clustering with 2 clusters: a linear layer names 100.00 % of the embeddings alike"),
            (head.Name, head.Summary));
    }

    [Fact]
    public void Graph_GivesTheClustersOfTheHead()
    {
        FittedHead head = FittedHead.Fit(Strips(1), ClusterMethod.Spectral, 2, new ClustererFactory(0, 1));
        OnnxModel clusters = VectorClusters.Build(head, Strips(1));
        Rows others = Strips(2);
        var inputs = new Dictionary<string, TensorData> { ["embedding"] = TensorData.Of(others.Values.ToArray(), Count, 2) };
        Assert.Equal(head.Assign(others).Select(cluster => (double)cluster), Evaluator.Run(clusters, inputs)["cluster"].ToDoubles());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Count)]
    public void Counts_OutOfRangeAreRefused(int count) =>
        Assert.Equal($"--k '{count}': expected at least 2 and fewer than the 300 embeddings with --method spectral.",
            Assert.Throws<ArgumentException>(() => FittedHead.Fit(Strips(1), ClusterMethod.Spectral, count, new(0, 1))).Message);

    // Share of the rows in the cluster of their strip.
    static double Pure(int[] clusters)
    {
        double alike = clusters.Where((cluster, row) => cluster == row % 2).Count() / (double)Count;
        return Math.Max(alike, 1 - alike);
    }
}
