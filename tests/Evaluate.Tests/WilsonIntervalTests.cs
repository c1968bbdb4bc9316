using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Tests;

public sealed class WilsonIntervalTests
{
    [Theory]
    [InlineData(0.5, 100, 0.4038, 0.5962)]
    [InlineData(0.95, 10000, 0.9456, 0.9541)]
    [InlineData(0, 10, 0, 0.2775)] // z^2 / (n + z^2)
    [InlineData(1, 10, 0.7225, 1)]
    public void Of_ByHand(double share, int count, double low, double high)
    {
        (double foundLow, double foundHigh) = WilsonInterval.Of(share, count);
        Assert.Equal(low, foundLow, 5e-5);
        Assert.Equal(high, foundHigh, 5e-5);
    }
}
