using Toolchain.Graph.Inspection;

namespace Toolchain.Graph.Tests;

public sealed class TensorDifferenceTests
{
    [Fact]
    public void Of_ByHand_GivesEveryNumber()
    {
        TensorDifference difference = Of([1, -4, double.PositiveInfinity, double.NaN], [1.5, -4, double.PositiveInfinity, double.NaN])!;

        Assert.Equal([.5, 0, 0, 0], difference.Elements);
        Assert.Equal((.5, 4, true), (difference.Largest, difference.LargestMagnitude, difference.HasNaN));
        Assert.Equal(-1, difference.WorstAbove(.25, .25));
        Assert.Equal(0, difference.WorstAbove(.25, .125));
    }

    [Fact]
    public void Of_OtherSizes_IsNull() => Assert.Null(Of([1, 2], [1]));

    [Theory]
    [InlineData(1, double.NaN)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    public void WorstAbove_NotFiniteOnOneSide_IsAMissAtAnyAllowance(double wanted, double given)
    {
        TensorDifference difference = Of([0, wanted], [0, given])!;
        Assert.Equal(1, difference.WorstAbove(1, 1));
        Assert.False(double.IsFinite(difference.Largest));
    }

    [Fact]
    public void WorstAbove_WholeNumbers_MustBeEqual()
    {
        TensorDifference difference = TensorDifference.Of(TensorData.Vector(100, 7), TensorData.Vector(101, 7))!;
        Assert.Equal(0, difference.WorstAbove(5, 1));
    }

    static TensorDifference? Of(double[] wanted, double[] given) =>
        TensorDifference.Of(TensorData.Of(wanted, wanted.Length), TensorData.Of(given, given.Length));
}
