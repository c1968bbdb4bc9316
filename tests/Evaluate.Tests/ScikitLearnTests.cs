using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Tests;

/// <summary>Every clustering metric against scikit-learn, on labelings of all kinds.</summary>
public sealed class ScikitLearnTests
{
    [Fact]
    public void Metrics_ThousandRandomLabelings_EqualScikitLearn()
    {
        Case[] cases = [.. Enumerable.Range(0, 1000).Select(Draw)];
        JsonElement[] theirs =
            Run(cases.Select(drawn => JsonSerializer.Serialize(new { clusters = drawn.Clusters, digits = drawn.Digits })));
        Assert.Equal(cases.Length, theirs.Length);
        for (int i = 0; i < cases.Length; i++)
        {
            var counts = new Contingency(cases[i].Clusters, cases[i].Digits, 12, 10);
            Near("accuracy", ClusteringMetrics.Accuracy(ClusterMap.Apply(ClusterMap.OneToOne(counts), cases[i].Clusters), cases[i].Digits));
            Near("purity", ClusteringMetrics.Purity(counts));
            Near("nmi", ClusteringMetrics.NormalizedMutualInformation(counts));
            Near("ami", ClusteringMetrics.AdjustedMutualInformation(counts));
            Near("ari", ClusteringMetrics.AdjustedRandIndex(counts));
            Near("homogeneity", ClusteringMetrics.Homogeneity(counts));
            Near("completeness", ClusteringMetrics.Completeness(counts));
            Near("v_measure", ClusteringMetrics.NormalizedMutualInformation(counts));

            void Near(string name, double ours)
            {
                double expected = theirs[i].GetProperty(name).GetDouble();
                Assert.True(Math.Abs(expected - ours) <= 1e-12, $"labeling {i}, {name}: scikit-learn {expected:r}, ours {ours:r}");
            }
        }
    }

    [Fact]
    public void Silhouette_RandomRows_EqualsScikitLearn()
    {
        var random = new Random(8);
        float[] values = [.. Enumerable.Range(0, 300 * 5).Select(_ => (float)random.NextDouble())];
        // Clusters of all sizes, one of a single row among them.
        int[] clusters = [.. Enumerable.Range(0, 300).Select(i => i == 0 ? 6 : (int)Math.Sqrt(random.Next(36)))];
        JsonElement theirs =
            Run([JsonSerializer.Serialize(new { clusters, digits = clusters, rows = Array.ConvertAll(values, value => (double)value)
            .Chunk(5) })])[0];
        Assert.Equal(theirs.GetProperty("silhouette").GetDouble(), Silhouette.Of(new Rows(values, 5), clusters, 7), 1e-12);
    }

    [Fact]
    public void Trustworthiness_RandomPlaces_EqualsScikitLearn()
    {
        var random = new Random(9);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        float[] rows = Draw(200 * 5), places = Draw(200 * 2);
        int[] clusters = [.. Enumerable.Range(0, 200).Select(i => i % 3)];
        double[][] Doubles(float[] values, int width) => [.. Array.ConvertAll(values, value => (double)value).Chunk(width)];
        JsonElement theirs =
            Run([JsonSerializer.Serialize(new { clusters, digits = clusters, rows = Doubles(rows, 5), places = Doubles(places, 2) })])[0];
        Assert.Equal(theirs.GetProperty("trustworthiness").GetDouble(),
            NeighbourhoodQuality.Of(new Rows(rows, 5), new Rows(places, 2), 5).Trustworthiness, 1e-12);
    }

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

    static JsonElement[] Run(IEnumerable<string> lines) => ScikitLearn.Run("sklearn_metrics.py", lines);

    sealed record Case(int[] Clusters, int[] Digits);
}
