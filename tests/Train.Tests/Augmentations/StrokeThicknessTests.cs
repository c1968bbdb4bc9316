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
}
