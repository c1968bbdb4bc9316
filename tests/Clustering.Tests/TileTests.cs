using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Tests;

public sealed class TileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void MultiplyAdd_Float64_EqualsThePlainLoops(int length)
    {
        var random = new Random(length);
        double[] a = [.. Enumerable.Range(0, length * 6).Select(_ => random.NextDouble())],
            b = [.. Enumerable.Range(0, length * 8).Select(_ => random.NextDouble())];
        double[] c = [.. Enumerable.Range(0, 48).Select(_ => random.NextDouble())], expected = [.. c];
        for (int row = 0; row < 6; row++)
        {
            for (int lane = 0; lane < 8; lane++)
            {
                for (int p = 0; p < length; p++)
                {
                    expected[row * 8 + lane] = Math.FusedMultiplyAdd(a[row * length + p], b[p * 8 + lane], expected[row * 8 + lane]);
                }
            }
        }
        Tile<double>.MultiplyAdd(ref a[0], 1, (nuint)length, ref b[0], 8, (nuint)length, ref c[0], 8);
        Assert.Equal(expected, c);
    }

    [Fact]
    public void Panels_Multiply_EqualsThePlainLoops()
    {
        Rows rows = Samples.Blobs(12, 5, 2, 1), columns = Samples.Blobs(19, 5, 2, 2);
        var panels = new Panels(columns.Values.Span, 5);
        var products = new float[12 * panels.PaddedCount];
        panels.Multiply(rows.Values.Span, products);
        Assert.Equal(32, panels.PaddedCount);
        for (int row = 0; row < 12; row++)
        {
            for (int column = 0; column < 32; column++)
            {
                Assert.Equal(column < 19 ? VectorKernels.Dot(rows[row], columns[column]) : 0, products[row * 32 + column], 1e-4f);
            }
        }
    }
}
