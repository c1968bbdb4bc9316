using Toolchain.Evaluate.Fusion;

namespace Toolchain.Evaluate.Tests;

public sealed class ClusterDriftTests
{
    [Fact]
    public void Of_SharesAndDistances_ByHand()
    {
        // Half each before; now 3 of 10 in the first, 7 in the second: two of ten rows would have to move. One is far.
        ClusterDrift drift = ClusterDrift.Of([0.5, 0.5], [3, 7], far: 1);
        Assert.Equal((0.1, 0.2), (drift.Far, Math.Round(drift.Moved, 12)));
        Assert.Equal((1, 0.5, 0.7), (drift.Grown, drift.Before, drift.Now));
    }

    [Theory]
    [InlineData(0.02, 0.05, 10_000, 0)]
    [InlineData(0.04, 0.05, 10_000, 1)]
    [InlineData(0.02, 0.2, 10_000, 1)]
    [InlineData(0.04, 0.2, 10_000, 2)]
    // Shares of 20 rows in 10 clusters differ that much by chance.
    [InlineData(0.02, 0.2, 20, 0)]
    public void Warnings_NameWhatIsBeyondChance(double far, double moved, long count, int expected) =>
        Assert.Equal(expected, new ClusterDrift(far, moved, 0, 0.1, 0.1 + moved).Warnings(count, 10).Count());
}
