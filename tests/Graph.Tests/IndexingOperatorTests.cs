using static Toolchain.Graph.Tests.OperatorRun;

namespace Toolchain.Graph.Tests;

/// <summary>Operators of indices, order and repetition on cases that can be worked out by hand.</summary>
public sealed class IndexingOperatorTests
{
    static readonly TensorData square = TensorData.Of([1.0, 2, 3, 4], 2, 2);

    [Fact]
    public void GatherElements_PicksInEachRow() =>
        Near([1, 1, 4, 3], Of("GatherElements", new Attributes { ["axis"] = 1 }, square, TensorData.Of([0L, 0, 1, -2], 2, 2)));

    [Fact]
    public void GatherND_PicksByCoordinates() => Near([1, 4], Of("GatherND", null, square, TensorData.Of([0L, 0, 1, 1], 2, 2)));

    [Fact]
    public void GatherND_ShortCoordinates_PickRows() => Near([3, 4, 1, 2], Of("GatherND", null, square, TensorData.Of([1L, 0], 2, 1)));

    [Fact]
    public void GatherND_WithBatch_WalksBothTogether() =>
        Near([2, 3], Of("GatherND", new Attributes { ["batch_dims"] = 1 }, square, TensorData.Of([1L, 0], 2, 1)));

    [Fact]
    public void ScatterElements_WritesAndAdds()
    {
        Near([1, 9, 8, 4], Of("ScatterElements", new Attributes { ["axis"] = 1 }, square, TensorData.Of([1L, 0], 2, 1),
            TensorData.Of([9.0, 8], 2, 1)));
        Near([1 + 5 + 6, 2, 3, 4], Of("ScatterElements", new Attributes { ["axis"] = 1, ["reduction"] = "add" }, square,
            TensorData.Of([0L, 0], 1, 2), TensorData.Of([5.0, 6], 1, 2)));
    }

    [Fact]
    public void ScatterND_WritesRows() =>
        Near([1, 2, 7, 8], Of("ScatterND", null, square, TensorData.Of([1L], 1, 1), TensorData.Of([7.0, 8], 1, 2)));

    [Fact]
    public void Gather_OutsideIndex_IsRefused() => Assert.Equal(
        "node 'GatherElements' (GatherElements): index 2 is outside [-2..2).",
        Assert.Throws<GraphException>(() =>
            Of("GatherElements", new Attributes { ["axis"] = 1 }, square, TensorData.Of([2L], 1, 1))).Message);

    [Fact]
    public void TopK_OrdersValuesAndIndices_TheFirstOfEqualsFirst()
    {
        TensorData x = TensorData.Of([3.0, 1, 3, 2], 4);
        Near([3, 3, 2], Of("TopK", new Attributes { ["axis"] = 0 }, 0, 2, x, TensorData.Vector(3)));
        Near([0, 2, 3], Of("TopK", new Attributes { ["axis"] = 0 }, 1, 2, x, TensorData.Vector(3)));
        Near([1, 3], Of("TopK", new Attributes { ["axis"] = 0, ["largest"] = 0 }, 1, 2, x, TensorData.Vector(2)));
    }

    [Fact]
    public void TopK_MoreThanThereAre_IsRefused() => Assert.Equal(
        "node 'TopK' (TopK): 'k' must be in [0..4] along axis 0 of [4], was 5.",
        Assert.Throws<GraphException>(() =>
            Of("TopK", new Attributes { ["axis"] = 0 }, 0, 2, TensorData.Of([3.0, 1, 3, 2], 4), TensorData.Vector(5))).Message);

    [Theory]
    [InlineData(0, 0, new double[] { 1, 3, 6 })]
    [InlineData(1, 0, new double[] { 0, 1, 3 })]
    [InlineData(0, 1, new double[] { 6, 5, 3 })]
    public void CumSum_Ways(long exclusive, long reverse, double[] expected) =>
        Near(expected, Of("CumSum", new Attributes { ["exclusive"] = exclusive, ["reverse"] = reverse }, TensorData.Of([1.0, 2, 3], 3),
        TensorData.Scalar(0, ElementType.Int64)));

    [Fact]
    public void Range_StopsBeforeTheLimit() =>
        Near([1, 3, 5], Of("Range", null, TensorData.Scalar(1, ElementType.Int64), TensorData.Scalar(6, ElementType.Int64),
        TensorData.Scalar(2, ElementType.Int64)));

    [Fact]
    public void Tile_RepeatsAlongBothAxes() => Near([1, 2, 1, 2, 3, 4, 3, 4], Of("Tile", null, square, TensorData.Vector(1, 2)));

    [Fact]
    public void Size_CountsElements() => Near([4], Of("Size", null, square));

    [Fact]
    public void Einsum_OfLetters_ByHand()
    {
        Near([7, 10, 15, 22], Of("Einsum", new Attributes { ["equation"] = "ij,jk->ik" }, square, square));
        Near([1, 4], Of("Einsum", new Attributes { ["equation"] = "ii->i" }, square));
        Near([10], Of("Einsum", new Attributes { ["equation"] = "ij->" }, square));
        Near([1, 3, 2, 4], Of("Einsum", new Attributes { ["equation"] = "ij->ji" }, square));
    }

    [Fact]
    public void Einsum_WrongNumberOfAxes_IsRefused() => Assert.Equal(
        "node 'Einsum' (Einsum): 'ijk' names 3 axes, input 0 is [2,2].",
        Assert.Throws<GraphException>(() => Of("Einsum", new Attributes { ["equation"] = "ijk->i" }, square)).Message);

    [Fact]
    public void Mod_SignOfDivisorOrDividend()
    {
        Near([1, 2], Of("Mod", null, TensorData.Vector(-5, 5), TensorData.Vector(3, 3)));
        Near([-2, 2], Of("Mod", new Attributes { ["fmod"] = 1 }, TensorData.Of([-5.0, 5], 2), TensorData.Of([3.0, 3], 2)));
    }

    [Fact]
    public void IsInf_OfOneSign() =>
        Near([0, 1, 0], Of("IsInf", new Attributes { ["detect_positive"] = 0 },
        TensorData.Of([double.PositiveInfinity, double.NegativeInfinity, 1], 3)));
}
