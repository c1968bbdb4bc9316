namespace Toolchain.Graph.Tests;

/// <summary>Operators of images on cases that can be worked out by hand.</summary>
public sealed class VisionOperatorTests
{
    static TensorData Image(params double[] values) =>
        TensorData.Of(values, 1, 1, (long)Math.Sqrt(values.Length), (long)Math.Sqrt(values.Length));

    static readonly TensorData row = TensorData.Of([1.0, 2, 4], 1, 1, 3);

    [Fact]
    public void ConvTranspose_StampsItsKernel() => // 1 2 stamps 1 10: 1 at 0, 10 + 2 at 1, 20 at 2
        OperatorRun.Near([1, 12, 20], OperatorRun.Of("ConvTranspose", null, TensorData.Of([1.0, 2], 1, 1, 2),
        TensorData.Of([1.0, 10], 1, 1, 2)));

    [Fact]
    public void ConvTranspose_StridePadsAndOutputPadding() => // stamps at 0 and 2: 1 10 2 20, the first cut off, one 0 put behind
        OperatorRun.Near([10, 2, 20, 0], OperatorRun.Of("ConvTranspose",
        new Attributes { ["strides"] = new long[] { 2 }, ["pads"] = new long[] { 1, 0 }, ["output_padding"] = new long[] { 1 } },
            TensorData.Of([1.0, 2], 1, 1, 2), TensorData.Of([1.0, 10], 1, 1, 2)));

    [Fact]
    public void ConvTranspose_GroupsAndBias_KeepChannelsApart() =>
        OperatorRun.Near([5 + 1, 20 + 2], OperatorRun.Of("ConvTranspose", new Attributes { ["group"] = 2 },
        TensorData.Of([1.0, 2], 1, 2, 1), TensorData.Of([5.0, 10], 2, 1, 1), TensorData.Of([1.0, 2], 2)));

    [Theory]
    [InlineData("constant", new double[] { 9, 9, 1, 2, 4, 9 })]
    [InlineData("edge", new double[] { 1, 1, 1, 2, 4, 4 })]
    [InlineData("reflect", new double[] { 4, 2, 1, 2, 4, 2 })]
    public void Pad_Modes(string mode, double[] expected) =>
        OperatorRun.Near(expected, OperatorRun.Of("Pad", new Attributes { ["mode"] = mode }, TensorData.Of([1.0, 2, 4], 3),
        TensorData.Vector(2, 1), TensorData.Scalar(9, ElementType.Float64)));

    [Fact]
    public void Pad_Negative_Cuts() =>
        OperatorRun.Near([2, 4, 0], OperatorRun.Of("Pad", null, TensorData.Of([1.0, 2, 4], 3), TensorData.Vector(-1, 1)));

    static double[] Resize(double scale, string mode, string positions, string nearest = "floor") => OperatorRun.Of(
        "Resize", new Attributes { ["mode"] = mode, ["coordinate_transformation_mode"] = positions, ["nearest_mode"] = nearest }, row, null,
        TensorData.Of([1f, 1f, (float)scale], 3));

    [Fact]
    public void Resize_Nearest_Repeats() => OperatorRun.Near([1, 1, 2, 2, 4, 4], Resize(2, "nearest", "asymmetric"));

    [Fact]
    public void Resize_Linear_HalfPixel_MixesNeighbours() =>
        OperatorRun.Near([1, 1.25, 1.75, 2.5, 3.5, 4], Resize(2, "linear", "half_pixel"));

    [Fact]
    public void Resize_Linear_AlignedCorners_KeepsTheEnds() => // positions 0, 0.4, 0.8, 1.2, 1.6, 2
        OperatorRun.Near([1, 1.4, 1.8, 2.4, 3.2, 4], Resize(2, "linear", "align_corners"));

    [Fact]
    public void Resize_Cubic_OnItsElements_ReturnsThem() => OperatorRun.Near([1, 2, 4], OperatorRun.Of(
        "Resize", new Attributes { ["mode"] = "cubic", ["coordinate_transformation_mode"] = "align_corners", ["cubic_coeff_a"] = -0.75f },
        row, null, null, TensorData.Vector(1, 1, 3)));

    [Fact]
    public void Resize_Cubic_BetweenElements_ByHand() =>
        // at 0.5 of 1 1 2 4 (edge repeated): weights -3/32, 19/32, 19/32, -3/32 with a = -0.75
        OperatorRun.Near([1, (-3 * 1 + 19 * 1 + 19 * 2 - 3 * 4) / 32.0, 2, (-3 * 1 + 19 * 2 + 19 * 4 - 3 * 4) / 32.0, 4], OperatorRun.Of(
            "Resize", new Attributes { ["mode"] = "cubic", ["coordinate_transformation_mode"] = "align_corners" }, row, null, null,
            TensorData.Vector(1, 1, 5)));

    [Theory]
    [InlineData("zeros", 1.0)] // half of the last column, the other half outside
    [InlineData("border", 2.0)]
    [InlineData("reflection", 2.0)]
    public void GridSample_OutsideOfTheImage(string padding, double expected) =>
        // image 1 2 / 1 2, point (1, 0): the right edge, half a pixel behind the centre of column 1
        OperatorRun.Near([expected], OperatorRun.Of("GridSample", new Attributes { ["padding_mode"] = padding }, Image(1, 2, 1, 2),
            TensorData.Of([1.0, 0], 1, 1, 1, 2)));

    [Fact]
    public void GridSample_AlignedCorners_ReadsTheMiddle() =>
        OperatorRun.Near([1.5, 2], OperatorRun.Of("GridSample", new Attributes { ["align_corners"] = 1 }, Image(1, 2, 1, 2),
        TensorData.Of([0.0, 0, 1, 1], 1, 1, 2, 2)));

    [Fact]
    public void GridSample_Nearest_TakesOne() =>
        OperatorRun.Near([2], OperatorRun.Of("GridSample", new Attributes { ["mode"] = "nearest" }, Image(1, 2, 3, 4),
        TensorData.Of([0.4, -0.6], 1, 1, 1, 2)));

    [Fact]
    public void MaxPool_WithIndices_CountsOverTheWholeTensor() => OperatorRun.Near([1, 2], OperatorRun.Of(
        "MaxPool", new Attributes { ["kernel_shape"] = new long[] { 2 } }, 1, 2, TensorData.Of([3.0, 5, 7, 1], 1, 2, 2)));

    [Fact]
    public void Lrn_OverThreeChannels() => // 2 / (1 + 3/3 * (1 + 4 + 9))^1 for the middle of 1 2 3
        OperatorRun.Near([1.0 / 6, 2.0 / 15, 3.0 / 14],
        OperatorRun.Of("LRN", new Attributes { ["size"] = 3, ["alpha"] = 3f, ["beta"] = 1f }, TensorData.Of([1.0, 2, 3], 1, 3, 1)));
}
