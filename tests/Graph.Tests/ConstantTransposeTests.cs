using System.Runtime.InteropServices;
using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Tests;

public sealed class ConstantTransposeTests
{
    [Fact]
    public void Of_Matrix_SwapsRowsAndColumns()
    {
        TensorData result = ConstantTranspose.Of(TensorData.Of([1f, 2, 3, 4, 5, 6], 2, 3), new Attributes { ["perm"] = new[] { 1L, 0 } });

        Assert.Equal([3, 2], result.Sizes);
        Assert.Equal([1.0, 4, 2, 5, 3, 6], result.ToDoubles());
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Int64)]
    public void Of_AnyAxes_IsTheEvaluatorsTranspose(ElementType type)
    {
        foreach (long[] permutation in (long[][])[[0], [1, 0], [0, 1], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 3, 0, 2], [3, 2, 1, 0]])
        {
            long[] sizes = new[] { 3L, 70, 33, 2 }[..permutation.Length];
            double[] values = [.. Enumerable.Range(0, (int)sizes.Aggregate((a, b) => a * b)).Select(i => (double)(i * 7 % 200))];
            TensorData tensor = TensorData.FromDoubles(values, sizes, type);
            var attributes = new Attributes { ["perm"] = permutation };
            var graph = new GraphBuilder();
            Value x = graph.Input("x", type, Shape.Of(sizes));
            graph.Output("y", graph.Apply("Transpose", [x], attributes));

            TensorData found = ConstantTranspose.Of(tensor, attributes);

            TensorData expected = Evaluator.Run(graph.Build(), new Dictionary<string, TensorData> { ["x"] = tensor })["y"];
            Assert.Equal(type, found.Type);
            Assert.Equal(expected.Sizes, found.Sizes);
            Assert.Equal(expected.ToDoubles(), found.ToDoubles());
        }
    }

    [Fact]
    public void Of_NaN_KeepsItsBits()
    {
        uint[] bits = [0x7f800001, 0xffc12345];
        var tensor = new TensorData(ElementType.Float32, [1, 2], MemoryMarshal.AsBytes(bits.AsSpan()).ToArray());

        Assert.Equal(tensor.Bytes.ToArray(), ConstantTranspose.Of(tensor, new Attributes()).Bytes.ToArray());
    }
}
