using Toolchain.Train.Augmentations;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class StrokeThicknessTests
{
    const int centre = 10 * 28 + 10;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(0.5, 1, 0.5)]
    [InlineData(0, 1, 0)]
    [InlineData(-0.25, 0.75, 0)]
    [InlineData(-1, 0, 0)]
    public void Change_OnePixel_ByHand(float amount, float own, float neighbour)
    {
        float[] image = new float[784];
        image[centre] = 1;
        StrokeThickness.Change(image, amount);
        float[] expected = new float[784];
        expected[centre] = own;
        foreach (int offset in new[] { -1, 1, -28, 28 })
        {
            expected[centre + offset] = neighbour;
        }
        Assert.Equal(expected, image);
    }

    [Fact]
    public void Change_WholeErosionOfAFullImage_ClearsTheBorderOnly()
    {
        float[] image = new float[784];
        Array.Fill(image, 1);
        StrokeThickness.Change(image, -1);
        Assert.Equal(26 * 26, image.Count(value => value == 1));
        Assert.Equal((0f, 1f, 0f), (image[0], image[29], image[27 * 28 + 14]));
    }
}
