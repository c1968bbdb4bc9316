using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class OcclusionTests
{
    [Fact]
    public void Rectangle_ByHand_ClearsItsPixelsAlone()
    {
        float[] view = Full();
        Occlusion.Rectangle(view, ImageShape.Mnist, new(x: 3, y: 10, width: 5, height: 2));
        AssertBlack(view, (x, y) => x is >= 3 and < 8 && y is 10 or 11);
    }

    [Theory]
    [InlineData(0, 0, 5)] // along the columns
    [InlineData(Math.PI / 2, -3.5, 5)] // along the rows
    [InlineData(0.7, 6.2, 5)]
    [InlineData(2.5, -8, 3)]
    [InlineData(1.2, 0, 0.1)] // thinner than a pixel
    [InlineData(1.1, 40, 5)] // outside
    public void Bar_AnyLine_EqualsTheSlowLoop(double angle, double offset, double width)
    {
        float[] view = Full();
        Occlusion.Bar(view, ImageShape.Mnist, angle, offset, width);
        AssertBlack(view, (x, y) => Math.Abs(Math.Cos(angle) * (x - 13.5) + Math.Sin(angle) * (y - 13.5) - offset) <= width / 2);
    }

    [Fact]
    public void DrawRectangle_ManyDraws_HaveTheirSidesInRange()
    {
        var random = new RandomStream(3, "test");
        for (int i = 0; i < 500; i++)
        {
            float[] view = Full();
            Occlusion.DrawRectangle(view, ImageShape.Mnist, 9, ref random);
            int[] black = [.. Enumerable.Range(0, 784).Where(pixel => view[pixel] == 0)];
            int width = black.Max(pixel => pixel % 28) - black.Min(pixel => pixel % 28) + 1, height = black.Max() / 28 - black.Min() / 28
                + 1;
            Assert.InRange(width, 4, 9);
            Assert.InRange(height, 4, 9);
            Assert.Equal(width * height, black.Length);
        }
    }

    static float[] Full() => [.. Enumerable.Repeat(1f, 784)];

    static void AssertBlack(float[] view, Func<int, int, bool> black) =>
        Assert.Equal([.. Enumerable.Range(0, 784).Select(pixel => black(pixel % 28, pixel / 28) ? 0f : 1f)], view);
}
