using Toolchain.Clustering.KMeans;

namespace Toolchain.Clustering.Tests;

public sealed class BalancedKMeansTests
{
    static readonly KMeansOptions two = new() { ClusterCount = 2, Restarts = 3 };

    // Two classes of 200 on a line: one around 0 and .5, the other in two styles, around 1.6 and 3.6. The cheapest two clusters cut the
    // second class in two; with even sizes the cut lies between the classes.
    static Rows Styles()
    {
        double[] middles = [0, 0.5, 1.6, 3.6];
        var random = new Random(3);
        return new Rows(Enumerable.Range(0, 400).Select(i => (float)(middles[i / 100] + 0.05 * (random.NextDouble() - 0.5))).ToArray(), 1);
    }

    [Fact]
    public void Fit_AClassOfTwoStyles_StaysWholeWhereKMeansCutsIt()
    {
        Assert.Equal(300, KMeansClustering.Fit(Styles(), two).Labels.GroupBy(label => label).Max(rows => rows.Count()));
        KMeansResult even = BalancedKMeans.Fit(Styles(), two);
        Assert.Single(even.Labels[..200].Distinct());
        Assert.Single(even.Labels[200..].Distinct());
        Assert.True(even.Converged);
        float[] centres = [.. even.Centres.Values.ToArray().Order()];
        Assert.InRange(centres[0], 0.2, 0.3); // the mean of the first class is 0.25, of the second 2.6; shares are soft
        Assert.InRange(centres[1], 2.5, 2.7);
    }

    [Fact]
    public void EvenShares_ACentreBeyondAllShares_StaysWhereItIs()
    {
        var shares = new EvenShares(new Rows(new float[] { 0, 1, 2, 3 }, 1), new Rows(new float[] { 1.5f, 1e6f }, 1), 1);
        shares.MoveCentres(1e-3);
        Assert.Equal([1.5f, 1e6f], shares.Centres);
    }

    // A slow Sinkhorn in float64 with many more scalings, from the same centres: shares of one movement.
    [Fact]
    public void EvenShares_OneMovement_EqualsTheSlowPlan()
    {
        var random = new Random(5);
        var rows = new Rows(Enumerable.Range(0, 300 * 3).Select(_ => (float)random.NextDouble()).ToArray(), 3);
        var centres = new Rows(Enumerable.Range(0, 4 * 3).Select(_ => (float)random.NextDouble()).ToArray(), 3);
        var shares = new EvenShares(rows, centres, 2);
        shares.MoveCentres(0.5);
        double[,] plan = new double[300, 4];
        for (int n = 0; n < 300; n++)
        {
            for (int k = 0; k < 4; k++)
            {
                plan[n, k] = Math.Exp(-Enumerable.Range(0, 3).Sum(d => Math.Pow(rows[n][d] - centres[k][d], 2)) / 0.5);
            }
        }
        for (int step = 0; step < 200; step++)
        {
            Scale(plan, k => 75 / Enumerable.Range(0, 300).Sum(n => plan[n, k]), null);
            Scale(plan, null, n => 1 / Enumerable.Range(0, 4).Sum(k => plan[n, k]));
        }
        for (int i = 0; i < 12; i++)
        {
            double moved = Enumerable.Range(0, 300).Sum(n => plan[n, i / 3] * rows[n][i % 3]) / 75;
            Assert.Equal(moved, shares.Centres[i], 1e-4);
        }

        static void Scale(double[,] plan, Func<int, double>? column, Func<int, double>? row)
        {
            double[] factors = [.. Enumerable.Range(0, plan.GetLength(column is null ? 0 : 1)).Select(column ?? row!)];
            for (int n = 0; n < plan.GetLength(0); n++)
            {
                for (int k = 0; k < plan.GetLength(1); k++)
                {
                    plan[n, k] *= factors[column is null ? n : k];
                }
            }
        }
    }

    [Fact]
    public void Fit_OneThreadOrThree_GivesTheSameBits()
    {
        KMeansResult one = BalancedKMeans.Fit(Styles(), two with { Threads = 1 });
        KMeansResult three = BalancedKMeans.Fit(Styles(), two with { Threads = 3 });
        Assert.Equal(one.Centres.Values.ToArray(), three.Centres.Values.ToArray());
        Assert.Equal(one.Inertia, three.Inertia);
    }

    [Fact]
    public void Fit_EqualRows_GivesOneCentreToAll()
    {
        KMeansResult same = BalancedKMeans.Fit(new Rows(new float[20], 2), two);
        Assert.Equal(0, same.Inertia);
        Assert.Single(same.Labels.Distinct());
    }

    [Fact]
    public void Fit_MiniBatches_SaysThatThereAreNone() => Assert.Equal(
        "'BatchSize' must not be set for clusters of even size. (Parameter 'options')",
        Assert.Throws<ArgumentException>(() => BalancedKMeans.Fit(Styles(), two with { BatchSize = 10 })).Message);
}
