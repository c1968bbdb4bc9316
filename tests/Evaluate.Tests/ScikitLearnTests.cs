using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Tests;

/// <summary>Every clustering metric against scikit-learn, on labelings of all kinds.</summary>
public sealed class ScikitLearnTests
{
    const int labelingCount = 200, rowWidth = 5;

    static readonly Case[] labelings = [.. Enumerable.Range(0, labelingCount).Select(Draw)];

    // Clusters of all sizes, one of a single row among them.
    static readonly float[] silhouetteRows = Uniform(8, 300 * rowWidth);
    static readonly int[] silhouetteClusters = Sizes(11, 300);

    static readonly float[] rows = Uniform(9, 200 * rowWidth), places = Uniform(10, 200 * 2);

    // One process for all figures: it imports scikit-learn for seconds.
    static readonly Lazy<JsonElement[]> theirs = new(() => ScikitLearn.Run("sklearn_metrics.py",
    [
        .. labelings.Select(drawn => JsonSerializer.Serialize(new { clusters = drawn.Clusters, digits = drawn.Digits })),
        JsonSerializer.Serialize(new
        {
            clusters = silhouetteClusters,
            digits = silhouetteClusters,
            rows = Doubles(silhouetteRows, rowWidth),
        }),
        JsonSerializer.Serialize(new { clusters = new int[200], digits = new int[200], rows = Doubles(rows, rowWidth),
            places = Doubles(places, 2) }),
    ]));

    [Fact]
    public void Metrics_RandomLabelings_EqualScikitLearn()
    {
        Assert.Equal(labelingCount + 2, theirs.Value.Length);
        for (int i = 0; i < labelingCount; i++)
        {
            (int[] clusters, int[] digits) = labelings[i];
            var counts = new Contingency(clusters, digits, 12, 10);
            Near("accuracy", ClusteringMetrics.Accuracy(ClusterMap.Apply(ClusterMap.OneToOne(counts), clusters), digits));
            Near("purity", ClusteringMetrics.Purity(counts));
            Near("nmi", ClusteringMetrics.NormalizedMutualInformation(counts));
            Near("ami", ClusteringMetrics.AdjustedMutualInformation(counts));
            Near("ari", ClusteringMetrics.AdjustedRandIndex(counts));
            Near("homogeneity", ClusteringMetrics.Homogeneity(counts));
            Near("completeness", ClusteringMetrics.Completeness(counts));
            Near("v_measure", ClusteringMetrics.NormalizedMutualInformation(counts));

            void Near(string name, double ours)
            {
                double expected = theirs.Value[i].GetProperty(name).GetDouble();
                Assert.True(Math.Abs(expected - ours) <= 1e-12, $"labeling {i}, {name}: scikit-learn {expected:r}, ours {ours:r}");
            }
        }
    }

    [Fact]
    public void Silhouette_RandomRows_EqualsScikitLearn() =>
        Assert.Equal(theirs.Value[^2].GetProperty("silhouette").GetDouble(),
            Silhouette.Of(new Rows(silhouetteRows, rowWidth), silhouetteClusters, 7), 1e-12);

    [Fact]
    public void Trustworthiness_RandomPlaces_EqualsScikitLearn() =>
        Assert.Equal(theirs.Value[^1].GetProperty("trustworthiness").GetDouble(),
            NeighbourhoodQuality.Of(new Rows(rows, rowWidth), new Rows(places, 2), 5).Trustworthiness, 1e-12);

    static float[] Uniform(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    static int[] Sizes(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => i == 0 ? 6 : (int)Math.Sqrt(random.Next(36)))];
    }

    static double[][] Doubles(float[] values, int width) => [.. Array.ConvertAll(values, value => (double)value).Chunk(width)];

    // Sizes from 1 on, few and many classes, clusters from random to nearly the digits.
    static Case Draw(int seed)
    {
        var random = new Random(seed);
        int count = random.Next(1, 200), clusterCount = random.Next(1, 13), digitCount = random.Next(1, 11);
        double noise = random.NextDouble();
        int[] digits = [.. Enumerable.Range(0, count).Select(_ => random.Next(digitCount))];
        return new Case([.. digits.Select(digit => random.NextDouble() < noise ? random.Next(clusterCount) : digit % clusterCount)],
            digits);
    }

    sealed record Case(int[] Clusters, int[] Digits);
}
