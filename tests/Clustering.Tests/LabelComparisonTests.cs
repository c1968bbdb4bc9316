using Toolchain.Clustering.Fitting;

namespace Toolchain.Clustering.Tests;

public sealed class LabelComparisonTests
{
    [Fact]
    public void Of_EqualAndTiedAndWrongClusters_CountsTiesUntilTheFirstWrongOne()
    {
        // Three clusters: equal; 0 and 1 as probable; 1 named though 2 was expected and is less probable.
        long[] found = [2, 0, 1];
        double[] probabilities = [0, 0, 1, .50004, .49996, 0, .1, .6, .3];
        Assert.Equal(new LabelComparison(1, 2, .3), LabelComparison.Of(found, probabilities, [2, 1, 2]) is var compared
            ? compared with { Margin = Math.Round(compared.Margin, 12) } : default);
        Assert.Equal(new LabelComparison(1, -1, 0), LabelComparison.Of(found, probabilities, [2, 1, 1]));
        Assert.Equal(new LabelComparison(0, -1, 0), LabelComparison.Of([], [], []));
    }

    [Fact]
    public void Of_ListsOfOtherLengths_Throws() =>
        Assert.Equal("'expected' must have 2 clusters and 'probabilities' as many rows, had 1 and 4 numbers.",
            Assert.Throws<ArgumentException>(() => LabelComparison.Of([0, 1], [1, 0, 0, 1], [0])).Message);
}
