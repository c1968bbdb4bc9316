using Toolchain.Export.Parity;
using Toolchain.Export.Recording;

namespace Toolchain.Export.Tests;

/// <summary>Sizes for the proof of a module with large activations.</summary>
public sealed class LargeProofTests
{
    static readonly AxisSizes[] image =
        [new(Axis.Batch(), [2], 1), new(Axis.Named("H"), [224], 1), new(Axis.Named("W"), [224], 1)];

    [Theory]
    [InlineData(new[] { 2, 225, 225 }, null, new[] { 2, 225, 225 })]
    [InlineData(new[] { 2, 448, 225 }, 1, new[] { 1, 448, 225 })]
    [InlineData(new[] { 2, 225, 1 }, 2, new[] { 2, 225, 1 })]
    [InlineData(new[] { 8, 225, 225 }, 0, new[] { 8, 112, 112 })]
    [InlineData(new[] { 7, 333, 333 }, null, new[] { 7, 119, 119 })]
    public void Sizes_OfALargeProof_TakeNoMoreThanTheExample(int[] wanted, int? tested, int[] expected)
    {
        int[] sizes = LargeProof.Bounded(image, wanted, tested);

        Assert.Equal(expected.Select(size => (double)size), sizes.Select(size => (double)size), (a, b) => Math.Abs(a - b) <= 1);
        Assert.InRange(sizes.Aggregate(1.0, (a, b) => a * b), 1, 1.25 * 2 * 224 * 224);
    }

    [Fact]
    public void Sizes_OfAFixedImage_KeepTheirRows() => Assert.Equal([64], LargeProof.Bounded(image[..1], [64], null));

    [Fact]
    public void Sizes_StayInTheirRange()
    {
        AxisSizes[] axes = [new(Axis.Batch(), [2], 1), new(Axis.Named("H", 200, 300), [224], 1)];
        Assert.Equal([7, 200], LargeProof.Bounded(axes, [7, 300], null));
    }
}
