using Toolchain.Clustering;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Tests;

/// <summary>Figures of embeddings and of pictures of them, by hand and by the slow way.</summary>
public class GeometryTests
{
    [Fact]
    public void Geometry_ByHand() // a cross: two directions of equal variance; unit rows at distance 2 (opposite) or sqrt 2
    {
        var rows = new Rows(new float[] { 3, 0, -3, 0, 0, 3, 0, -3 }, 2);
        EmbeddingGeometry found = EmbeddingGeometry.Of(rows, [1, 1, 2, 2]);
        Assert.Equal(2, found.EffectiveRank!.Value, 1e-6);
        Assert.Equal(4, found.Alignment!.Value, 1e-6); // both pairs of one digit are opposite
        Assert.Equal(Math.Log((2 * Math.Exp(-8) + 4 * Math.Exp(-4)) / 6), found.Uniformity!.Value, 1e-6);
    }

    [Fact]
    public void EffectiveRank_OfALine_IsOne() =>
        Assert.Equal(1, EmbeddingGeometry.Of(new Rows(new float[] { 1, 2, 2, 4, 3, 6, 4, 8 }, 2), [0, 0, 0, 0]).EffectiveRank!.Value, 1e-6);

    [Fact]
    public void Geometry_WhatCannotBeTaken_IsNull()
    {
        Assert.Null(EmbeddingGeometry.Of(new Rows(new float[] { 1, 0, 0, 1 }, 2), [0, 1]).Alignment);
        Assert.Equal(new EmbeddingGeometry(null, null, null), EmbeddingGeometry.Of(new Rows(new float[] { 1, 0 }, 2), [0]));
    }

    [Fact]
    public void Quality_OfTheRowsThemselves_IsPerfect()
    {
        Rows rows = Noise(60, 2, 1);
        NeighbourhoodQuality found = NeighbourhoodQuality.Of(rows, rows, 5);
        Assert.Equal((1, 1), (found.Trustworthiness, found.Preserved));
    }

    [Fact]
    public void Quality_OfNoise_IsTheFormula() // Venna and Kaski 2001, by sorting
    {
        Rows rows = Noise(60, 4, 1), places = Noise(60, 2, 2);
        const int k = 5;
        double penalty = 0, kept = 0;
        for (int row = 0; row < 60; row++)
        {
            int[] truth = Sorted(rows, row), near = [.. Sorted(places, row).Take(k)];
            kept += near.Intersect(truth.Take(k)).Count();
            penalty += near.Sum(other => Math.Max(0, Array.IndexOf(truth, other) + 1 - k));
        }
        NeighbourhoodQuality found = NeighbourhoodQuality.Of(rows, places, k);
        Assert.Equal(1 - 2 * penalty / (60.0 * k * (120 - 3 * k - 1)), found.Trustworthiness, 1e-12);
        Assert.Equal(kept / (60 * k), found.Preserved, 1e-12);
        Assert.InRange(found.Trustworthiness, .3, .7);
    }

    [Fact]
    public void Quality_TooFewRows_IsRefused() =>
        Assert.Equal("Expected coordinates for each of more than 20 rows, found 20 for 20 rows.",
        Assert.Throws<ArgumentException>(() => NeighbourhoodQuality.Of(Noise(20, 2, 1), Noise(20, 2, 2))).Message);

    static int[] Sorted(Rows rows, int row) =>
        [.. Enumerable.Range(0, rows.Count).Where(other => other != row)
        .OrderBy(other => Enumerable.Range(0, rows.Width).Sum(i => Math.Pow(rows[row][i] - rows[other][i], 2)))];

    static Rows Noise(int count, int width, int seed)
    {
        var random = new Random(seed);
        return new Rows(Enumerable.Range(0, count * width).Select(_ => random.NextSingle()).ToArray(), width);
    }
}
