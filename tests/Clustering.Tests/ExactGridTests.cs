using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Tests;

public sealed class ExactGridTests
{
    // The largest number is 6, so a sum of four stays below 32 = 2^52 steps of 2^-47.
    [Theory]
    [InlineData(6, 6)]
    [InlineData(-6, -6)]
    [InlineData(0, 0)]
    [InlineData(1.0 / (1L << 47), 1.0 / (1L << 47))]
    [InlineData(1.5 / (1L << 48), 1.0 / (1L << 47))]
    [InlineData(1.0 / (1L << 49), 0)]
    public void Round_GivesTheNearestMultiple(double value, double expected) => Assert.Equal(expected, new ExactGrid(6, 4).Round(value));

    [Theory]
    [InlineData(0)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void Round_WithoutABound_ChangesNothing(double largest) => Assert.Equal(1.2345, new ExactGrid(largest, 9).Round(1.2345));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Sums_InAnyOrder_AreTheSame(int count)
    {
        var random = new Random(count);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => Math.Pow(random.NextDouble() - .5, 9) * 512)];
        var grid = new ExactGrid(1, count);
        double forward = values.Sum(grid.Round), backward = values.Reverse().Sum(grid.Round), sorted = values.Order().Sum(grid.Round);
        Assert.Equal([forward, forward], [backward, sorted]);
        // Those taken away again leave nothing.
        Assert.Equal(0, values.OrderByDescending(Math.Abs).Aggregate(sorted, (sum, value) => sum - grid.Round(value)));
        Assert.Equal(values.Sum(), forward, 1e-9);
        Assert.True(count < 1000 || values.Sum() != values.Order().Sum(), "these sums do not round at all");
    }
}
