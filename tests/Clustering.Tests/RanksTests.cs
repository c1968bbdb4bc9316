using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Tests;

/// <summary>Fits by several ranks have the bits of one.</summary>
public sealed class RanksTests
{
    const int Part = IRanks.PartRows;

    static readonly Rows rows = Scaled(Samples.Blobs(3 * Part + 1234, 5, 7, 3));

    // Rows of many magnitudes, so that float64 rounds their sums.
    static Rows Scaled(Rows rows)
    {
        var random = new Random(5);
        float[] values = rows.Values.ToArray();
        for (int row = 0; row < rows.Count; row++)
        {
            float factor = (float)Math.Exp(4 * Samples.Normal(random));
            foreach (ref float value in values.AsSpan(row * rows.Width, rows.Width))
            {
                value *= factor;
            }
        }
        return new Rows(values, rows.Width);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)] // more than there are parts: two have no rows
    public void KMeans_AnyRanks_GiveTheSameBits(int count)
    {
        var options = new KMeansOptions { ClusterCount = 9, Seed = 2, Restarts = 2, MaxIterations = 12 };
        KMeansResult one = KMeansClustering.Fit(rows, options);
        KMeansResult[] found = new LocalRanks(rows, count).Run((own, ranks) =>
            KMeansClustering.Fit(own, options with { Ranks = ranks, Threads = 1 }));
        RequireSame(one, found);
    }

    [Fact]
    public void KMeans_EmptyClusters_TakeTheSameRowsInAnyRanks()
    {
        // Centres of which all but one are farther than any row.
        Rows start = new(Enumerable.Range(0, 20).Select(i => i < 5 ? 0f : 1000 + i).ToArray(), 5);
        var options = new KMeansOptions { MaxIterations = 3 };
        KMeansResult one = KMeansClustering.Fit(rows, start, options);
        RequireSame(one, new LocalRanks(rows, 3).Run((own, ranks) => KMeansClustering.Fit(own, start, options with { Ranks = ranks })));
        Assert.Equal(4, one.Labels.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(30)]
    [InlineData(-1)]
    public void KMeans_ContinuedByOtherRanks_GivesTheSameBits(int from)
    {
        var options = new KMeansOptions { ClusterCount = 6, Restarts = 2, MaxIterations = 9 };
        var four = new LocalRanks(rows, 4);
        KMeansResult one = four.Run((own, ranks) => KMeansClustering.Fit(own, options with { Ranks = ranks }))[0];
        var two = new LocalRanks(rows, 2);
        two.Continue(four, from < 0 ? four.Steps : from);
        KMeansResult[] found = two.Run((own, ranks) => KMeansClustering.Fit(own, options with { Ranks = ranks }));
        RequireSame(one with { Labels = [.. found.SelectMany(result => result.Labels)] }, found);
        Assert.Equal(KMeansClustering.Fit(rows, options).Labels, found.SelectMany(result => result.Labels));
    }

    [Theory]
    [InlineData(CovarianceKind.Full, 5, 2)]
    [InlineData(CovarianceKind.Full, 45, 3)] // wide rows take another way
    [InlineData(CovarianceKind.Diagonal, 5, 4)]
    [InlineData(CovarianceKind.Tied, 5, 6)]
    [InlineData(CovarianceKind.Spherical, 5, 2)]
    public void Mixture_AnyRanks_GiveTheSameBits(CovarianceKind kind, int width, int count)
    {
        Rows blobs = Samples.Blobs(2 * Part + 77, width, 3, 6);
        var options = new GaussianMixtureOptions
        {
            ComponentCount = 3,
            Covariance = kind,
            MaxIterations = 4,
            Tolerance = 0,
            VarianceFloor = .1,
        };
        GaussianMixture one = GaussianMixture.Fit(blobs, options);
        (GaussianMixture Mixture, int[] Labels)[] found = new LocalRanks(blobs, count).Run((own, ranks) =>
        {
            var mixture = GaussianMixture.Fit(own, options with { Ranks = ranks, Threads = 1 });
            return (mixture, mixture.Assign(own));
        });
        Assert.All(found, result =>
        {
            Assert.Equal(one.Means.Cast<double>(), result.Mixture.Means.Cast<double>());
            Assert.Equal(one.PrecisionFactors.Cast<double>(), result.Mixture.PrecisionFactors.Cast<double>());
            Assert.Equal(one.LogBias, result.Mixture.LogBias);
            Assert.Equal(one.LogLikelihood, result.Mixture.LogLikelihood);
        });
        Assert.Equal(one.Assign(blobs), found.SelectMany(result => result.Labels));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public void Pca_AnyRanks_GiveTheSameBits(int count) => RequireSame(rows, count, (own, ranks) => Pca.Fit(own, 3, whiten: true, 1, ranks),
        Pca.Fit(rows, 3, whiten: true), Pca.FitFraction(rows, 1, whiten: true));

    [Fact, Trait("Category", "Slow")]
    public void Pca_OfWideRowsInAnyRanks_GivesTheSameBits()
    {
        Rows wide = Samples.Blobs(Part + 100, 1025, 3, 6);
        RequireSame(wide, 2, (own, ranks) => Pca.Fit(own, 2, whiten: false, 2, ranks), Pca.Fit(wide, 2, whiten: false));
    }

    static void RequireSame(Rows rows, int count, Func<Rows, IRanks, Pca> fit, Pca one, Pca? whole = null) =>
        Assert.All(new LocalRanks(rows, count).Run(fit), result =>
        {
            Assert.Equal(one.Mean, result.Mean);
            Assert.Equal(one.Variances, result.Variances);
            Assert.Equal(one.Axes.Cast<double>(), result.Axes.Cast<double>());
            Assert.Equal(whole?.Variances[..3] ?? one.Variances, result.Variances);
        });

    [Fact]
    public void KMeans_RangesThatAreNoParts_AreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => new LocalRanks(new Rows(rows.Values[..1000], 5), 1).Run((own, ranks) =>
            KMeansClustering.Fit(new Rows(own.Values[..900], 5), new KMeansOptions { Ranks = ranks })));
        Assert.StartsWith("A rank must have whole parts of 65536 rows of at least 1 row in all, had rows 0 to 180 of 200.", error.Message,
            StringComparison.Ordinal);
    }

    static void RequireSame(KMeansResult one, KMeansResult[] found)
    {
        Assert.All(found, result =>
        {
            Assert.Equal(one.Centres.Values.ToArray(), result.Centres.Values.ToArray());
            Assert.Equal(one.Inertia, result.Inertia);
            Assert.Equal(one.Variance(), result.Variance());
            Assert.Equal(one.Iterations, result.Iterations);
        });
        Assert.Equal(one.Labels, found.SelectMany(result => result.Labels));
    }
}
