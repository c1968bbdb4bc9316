using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class PenStrokeTests
{
    [Fact]
    public void Draw_AlongARow_ByHand() // radius 1 on row 10, columns 8 to 12: rows 9 to 11 half or fully inked
    {
        var view = new float[784];
        PenStroke.Draw(view, ImageShape.Mnist, new(X: 10, Y: 10, Angle: 0, Length: 4, Radius: 1));
        Assert.Equal([0f, 0.5f, 1, 0.5f, 0], Enumerable.Range(8, 5).Select(row => view[row * 28 + 10])); // distances 2, 1, 0, 1, 2
        // the round end: 2, 1, 0, 0 from column 8
        Assert.Equal([0f, 0.5f, 1, 1], Enumerable.Range(6, 4).Select(column => view[10 * 28 + column]));
    }

    [Fact]
    public void Draw_OverBrighterInk_KeepsIt()
    {
        float[] view = [.. Enumerable.Repeat(0.75f, 784)];
        PenStroke.Draw(view, ImageShape.Mnist, new(10, 10, 0.3, 8, 1));
        Assert.Equal(0.75f, view.Min());
        Assert.Equal(1f, view.Max());
    }

    [Fact]
    public void DrawRandom_ManyDraws_AddInkWithinTheView()
    {
        var random = new RandomStream(3, "test");
        for (int i = 0; i < 500; i++)
        {
            var view = new float[784];
            PenStroke.DrawRandom(view, ImageShape.Mnist, ref random);
            Assert.InRange(view.Sum(), 10, 14 * 4 + 12);
            Assert.All(view, value => Assert.InRange(value, 0, 1));
        }
    }
}
