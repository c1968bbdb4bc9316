using Toolchain.Clustering;
using Toolchain.Clustering.Fitting;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Evaluate.Metrics;
using Toolchain.Inference;

namespace Toolchain.Evaluate.Tests;

public sealed class MixtureFloorTests
{
    // Embeddings that are nearly flat in places, as presences are: without the floor some components collapse onto flat parts of a digit,
    // the more so the more images there are.
    [Fact]
    public void Mixture_OnTheCapsules_IsAboutAsGoodAsKMeans()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Environment.GetEnvironmentVariable("UVL_DATA_DIR") ?? "", "mnist")),
            "MNIST is not in $UVL_DATA_DIR/mnist");
        ImageSet digits = ImageSource.Open("mnist", Split.Test);
        using EncoderSession encoder = EncoderSession.Open(Checkout.Model("capsules-fast"));
        var rows = new Rows(encoder.Run(digits).Values, encoder.Dimension);
        // Means of three seeds: from one, k-means and mixtures alike may join two digits for good.
        double means = Mean(factory => KMeansClustering.Fit(rows, factory.KMeans(10)).Labels);
        double floored = Mean(factory => GaussianMixture.Fit(rows, factory.Mixture(10)).Assign(rows)),
            bare = Mean(factory => GaussianMixture.Fit(rows, factory.Mixture(10) with { VarianceFloor = 0 }).Assign(rows));
        Assert.InRange(floored, means - 0.003, 1);
        Assert.InRange(bare, 0, floored - 0.005);

        double Mean(Func<ClustererFactory, int[]> fit) => Enumerable.Range(0, 3).Average(seed => Accuracy(fit(new ClustererFactory(seed))));

        // Clusters named by the same images: the labels only measure.
        double Accuracy(int[] clusters) => ClusteringMetrics.Accuracy(
            ClusterMap.Apply(ClusterMap.OneToOne(new(clusters, digits.Labels!, 10, 10)), clusters), digits.Labels!);
    }
}
