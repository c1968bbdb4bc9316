using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;
using Toolchain.Clustering.KMeans;

namespace Toolchain.Clustering.Tests;

public sealed class NearerScreenTests
{
    [Fact]
    public void Find_ByHand() // rows (i, 0) and points (0, 0), (3, 4): squares i^2 and (i - 3)^2 + 16
    {
        Rows rows = new(Enumerable.Range(0, 8).SelectMany(i => new float[] { i, 0 }).ToArray(), 2);
        uint[] near = Find(rows, new(new float[] { 0, 0, 3, 4 }, 2), [.. Enumerable.Repeat(18f, 8)]);
        Assert.Equal([1u, 1, 3, 3, 3, 0, 0, 0], near);
    }

    // A row whose computed square is just below the limit must be found; one far above it must not.
    [Theory]
    [InlineData(1, 1, 1f)]
    [InlineData(7, 8, 1e-3f)]
    [InlineData(64, 11, 1e4f)]
    [InlineData(300, 32, 1f)]
    public void Find_LeavesOutNoneThatIsNearer(int width, int count, float scale)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            // Far from the origin, where squares of distances lose most digits.
            Rows rows = Scaled(Samples.Blobs(8, width, 2, seed), scale), points = Scaled(Samples.Blobs(count, width, 2, seed + 99), scale);
            for (int point = 0; point < count; point++)
            {
                float[] squares = [.. Enumerable.Range(0, 8).Select(row => Square(rows[row], points[point]))];
                uint[] nearer = Find(rows, points, Array.ConvertAll(squares, MathF.BitIncrement));
                uint[] farther = Find(rows, points, Array.ConvertAll(squares, square => .5f * square));
                Assert.True(nearer.All(bits => (bits >> point & 1) == 1), $"seed {seed}, point {point}");
                // Below the rounding of the squared lengths nothing is certain.
                Assert.True(Enumerable.Range(0, 8).All(row => squares[row] < 1e-2f * VectorKernels.Dot(rows[row], rows[row])
                    || (farther[row] >> point & 1) == 0), $"seed {seed}, point {point}");
            }
        }
    }

    [Fact]
    public void Find_Overflow_MayBeNearer() => Assert.Equal(Enumerable.Repeat(1u, 8),
        Find(new(Enumerable.Repeat(1e25f, 8).ToArray(), 1), new(new[] { 1e25f }, 1), new float[8]));

    static float Square(ReadOnlySpan<float> row, ReadOnlySpan<float> point) =>
        (float)((double)VectorKernels.Dot(row, row) + VectorKernels.Dot(point, point) - 2.0 * VectorKernels.Dot(row, point));

    static Rows Scaled(Rows rows, float scale) => new(Array.ConvertAll(rows.Values.ToArray(), value => scale * (value + 30)), rows.Width);

    static uint[] Find(Rows rows, Rows points, float[] squares)
    {
        var columns = new float[8 * rows.Width];
        BlockTranspose.OfEight(rows.Values.Span, rows.Width, columns);
        float[] norms = [.. Enumerable.Range(0, points.Count).Select(point => VectorKernels.Dot(points[point], points[point]))];
        float[] own = [.. Enumerable.Range(0, 8).Select(row => VectorKernels.Dot(rows[row], rows[row]))];
        var near = new uint[8];
        new NearerScreen(points.Values.ToArray(), norms, rows.Width).Find(columns, Vector256.Create(own), Vector256.Create(squares), near);
        return Array.ConvertAll(near, bits => bits & (uint)((1L << points.Count) - 1));
    }
}
