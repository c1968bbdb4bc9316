using Toolchain.Data;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class StrokeThicknessTests
{
    static readonly ViewCanvas canvas = new(28, 28);
    static readonly int centre = canvas.Origin + 10 * canvas.Stride + 10;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(0.5, 1, 0.5)]
    [InlineData(0, 1, 0)]
    [InlineData(-0.25, 0.75, 0)]
    [InlineData(-1, 0, 0)]
    public void Change_OnePixel_ByHand(float amount, float own, float neighbour)
    {
        float[] image = new float[canvas.Count], changed = new float[canvas.Count], expected = new float[canvas.Count];
        image[centre] = 1;
        StrokeThickness.Change(image, changed, canvas, amount);
        expected[centre] = own;
        foreach (int offset in new[] { -1, 1, -32, 32 })
        {
            expected[centre + offset] = neighbour;
        }
        Assert.Equal(expected, changed);
    }

    [Fact]
    public void Change_WholeErosionOfAFullImage_ClearsTheBorderOnly()
    {
        float[] image = new float[canvas.Count], changed = new float[canvas.Count];
        for (int y = 0; y < 28; y++)
        {
            image.AsSpan(canvas.Origin + y * canvas.Stride, 28).Fill(1);
        }
        StrokeThickness.Change(image, changed, canvas, -1);
        Assert.Equal(26 * 26, changed.Count(value => value == 1));
        Assert.Equal((0f, 1f, 0f), (changed[canvas.Origin], changed[canvas.Origin + canvas.Stride + 1],
            changed[canvas.Origin + 27 * canvas.Stride + 14]));
    }

    // Two growths of a pixel fill the 13 pixels at most 2 steps along the axes away; half of a third one reaches the 12 that are 3 away.
    [Fact]
    public void Change_TwoAndAHalf_GrowsByWholeStepsThenByAPart()
    {
        var buffers = new ViewBuffers(ImageShape.Mnist);
        buffers.Pixels[0][centre] = 1;
        float[] changed = StrokeThickness.Change(buffers, 2.5f)[0];
        foreach ((int x, int y) in from y in Enumerable.Range(-5, 11) from x in Enumerable.Range(-5, 11) select (x, y))
        {
            int distance = Math.Abs(x) + Math.Abs(y);
            Assert.Equal(distance <= 2 ? 1 : distance == 3 ? 0.5f : 0, changed[centre + y * canvas.Stride + x]);
        }
    }

    [Fact]
    public void Outline_ABlockOfFour_IsTheEightPixelsBesideIt()
    {
        var buffers = new ViewBuffers(ImageShape.Mnist);
        int[] block = [0, 1, canvas.Stride, canvas.Stride + 1];
        Array.ForEach(block, offset => buffers.Pixels[0][centre + offset] = 1);
        float[] outline = StrokeThickness.Outline(buffers, buffers.Pixels)[0];
        Assert.Equal(8, outline.Count(value => value == 1));
        Assert.Equal(canvas.Count - 8, outline.Count(value => value == 0));
        Assert.All(block, offset => Assert.Equal(0, outline[centre + offset]));
    }
}
