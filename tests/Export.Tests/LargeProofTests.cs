using Toolchain.Export.Parity;
using Toolchain.Export.Recording;
using Toolchain.Export.Tracing;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>Sizes for the proof of a module with large activations.</summary>
public sealed class LargeProofTests
{
    static readonly AxisSizes[] image =
        [new(Axis.Batch(), [2], 1), new(Axis.Named("H"), [224], 1), new(Axis.Named("W"), [224], 1)];

    [Theory]
    [InlineData(new[] { 1, 225, 225 }, null, new[] { 1, 225, 225 })]
    [InlineData(new[] { 2, 225, 225 }, null, new[] { 2, 194, 194 })]
    [InlineData(new[] { 2, 448, 225 }, 1, new[] { 1, 448, 168 })]
    [InlineData(new[] { 2, 225, 1 }, 2, new[] { 2, 225, 1 })]
    [InlineData(new[] { 8, 225, 225 }, 0, new[] { 8, 97, 97 })]
    [InlineData(new[] { 7, 333, 333 }, null, new[] { 7, 103, 103 })]
    public void Sizes_OfALargeProof_TakeNoMoreThanTheExample(int[] wanted, int? tested, int[] expected)
    {
        int[] sizes = LargeProof.Bounded(image, wanted, tested);

        Assert.Equal(expected.Select(size => (double)size), sizes.Select(size => (double)size), (a, b) => Math.Abs(a - b) <= 1);
        Assert.InRange(sizes.Aggregate(1.0, (a, b) => a * b), 1, 0.9 * 2 * 224 * 224);
    }

    [Fact]
    public void Sizes_OfAFixedImage_AreOneRowMoreThanTheExample()
    {
        Assert.Equal([3], LargeProof.Bounded(image[..1], [64], null));
        Assert.Equal([1], LargeProof.Bounded(image[..1], [1], null));
        Assert.Equal([64], LargeProof.Bounded(image[..1], [64], null, keepsRows: true));
    }

    [Theory]
    [InlineData(null, new[] { 1, 2, 3 }, 3)]
    [InlineData(new[] { 1, 5 }, new[] { 1, 5 }, 4)]
    public void Proof_OfALargeModule_TakesOtherRowsOnlyWhereTheyAreAskedFor(int[]? asked, int[] expected, int closed)
    {
        using var net = new Fn(x => ((x + 1) * 2).mean([1L, 2]));
        int releases = 0;
        ParityRuntime ort = OrtRuntime.Create();
        ParityRuntime counted = ort with { Release = () => { releases++; ort.Release!(); } };
        var options = new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), 3, 1_500_000)], Runtimes = [counted], ProofSeconds = 60 };

        ExportReport report = OnnxExport.Trace(net, zeros(2, 3, 1_500_000), asked is null ? options : options with { ProofSizes = asked })
            .Prove();

        Assert.Equal(expected, report.Sizes);
        Assert.Equal(closed, releases); // before passes of about the example's rows or more, and at the end
    }

    [Fact]
    public void Sizes_StayInTheirRange()
    {
        AxisSizes[] axes = [new(Axis.Batch(), [2], 1), new(Axis.Named("H", 200, 300), [224], 1)];
        Assert.Equal([3, 200], LargeProof.Bounded(axes, [7, 300], null));
    }
}
