using Toolchain.Clustering.Mixture;

namespace Toolchain.Clustering.Tests;

public sealed class MarginalScreenTests
{
    const int Width = 50, Count = 9;

    [Theory]
    [InlineData(1003, 0, 1)]
    [InlineData(256, 0, .05f)]
    [InlineData(777, 3000, 1)] // far from the origin, where float32 has few digits left
    public void Run_WithAScreen_GivesTheSameBits(int rowCount, float offset, float scale)
    {
        Rows rows = Moved(Samples.Blobs(rowCount, Width, Count, 5), offset, scale);
        Component[] components = Components(rows, 6 * scale * scale); // densities some 40 nats apart
        (Expectation with, Expectation without) = (new(rows, 2), new(rows, 1) { UsesScreen = false });
        for (int run = 0; run < 2; run++) // the second starts from the labels of the first
        {
            var tables = new ResponsibilityTable[2];
            foreach ((int at, Expectation expectation) in new[] { with, without }.Index())
            {
                tables[at] = new(Count, expectation.TransposedRows.PaddedCount);
                expectation.Run(components, _ => tables[at]);
            }
            Assert.Equal(without.Labels.ToArray(), with.Labels.ToArray());
            Assert.Equal(without.LogLikelihoods.ToArray(), with.LogLikelihoods.ToArray());
            for (int k = 0; k < Count; k++)
            {
                Assert.Equal(tables[1][k].ToArray(), tables[0][k].ToArray());
            }
        }
        Assert.Equal(Count, without.Labels.ToArray().Distinct().Count());
    }

    [Fact]
    public void MayMatter_ClustersApart_LeavesFewComponents()
    {
        Rows rows = Samples.Blobs(800, Width, Count, 5);
        Component[] components = Components(rows, .4);
        var expectation = new Expectation(rows, 1);
        expectation.Run(components);
        var screen = new MarginalScreen(new AxisRows(DiscriminantAxes.Of(components)!, rows, 1), components, margin: 32, threads: 1);
        int left = 0;
        for (int first = 0; first < rows.Count; first += 16)
        {
            for (int k = 0; k < Count; k++)
            {
                left += int.PopCount((int)screen.MayMatter(k, first, MarginalScreen.Limits(expectation.LogLikelihoods.Slice(first, 8)),
                    MarginalScreen.Limits(expectation.LogLikelihoods.Slice(first + 8, 8))));
            }
        }
        // Eight rows in any order have 5.5 of nine clusters among them.
        Assert.InRange(left, 100 * 4, 100 * 7);
    }

    // Around one row of each cluster, with correlations.
    static Component[] Components(Rows rows, double variance)
    {
        Rows centres = new(KMeans.KMeansClustering.Fit(rows, new() { ClusterCount = Count, Restarts = 5 }).Centres.Values, Width);
        return [.. Enumerable.Range(0, Count).Select(k =>
        {
            var random = new Random(k);
            double[] along = [.. Enumerable.Range(0, Width).Select(_ => Samples.Normal(random))];
            var covariance = new double[Width * Width];
            for (int i = 0; i < covariance.Length; i++)
            {
                covariance[i] = variance * ((i % (Width + 1) == 0 ? 1 : 0) + .3 * along[i / Width] * along[i % Width]);
            }
            return new Component(1.0 / Count, Array.ConvertAll(centres[k].ToArray(), value => (double)value),
                PrecisionFactor.Of(covariance, Width, k));
        })];
    }

    static Rows Moved(Rows rows, float offset, float scale) =>
        new(Array.ConvertAll(rows.Values.ToArray(), value => offset + scale * value), rows.Width);
}
