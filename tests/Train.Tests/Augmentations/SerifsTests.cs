using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class SerifsTests
{
    [Fact]
    public void Widen_ByTwo_TakesTheLargestOfFivePixels()
    {
        byte[] row = [0, 0, 0, 9, 0, 0, 0, 0, 4], widened = [.. row];
        Serifs.Widen(row, widened, 2);
        Assert.Equal<byte>([0, 9, 9, 9, 9, 9, 4, 4, 4], widened);
    }

    [Fact]
    public void InkRows_FaintEdges_AreNoInk()
    {
        byte[] image = new byte[28 * 28];
        (image[3 * 28], image[4 * 28 + 27], image[20 * 28], image[21 * 28 + 5]) = (63, 64, 255, 10);
        Assert.Equal((4, 20), Serifs.InkRows(image, 28));
        Assert.Equal((0, -1), Serifs.InkRows(new byte[28 * 28], 28));
    }

    // A one of rows 4 to 23 in columns 13 and 14: rows between the ends stay, the foot is always wider, the head sometimes.
    [Fact]
    public void Draw_AOne_AlwaysHasAFootAndHalfOfThemAHead()
    {
        byte[] one = new byte[28 * 28], view = new byte[28 * 28];
        for (int row = 4; row < 24; row++)
        {
            one.AsSpan(row * 28 + 13, 2).Fill(255);
        }
        int heads = 0;
        for (int number = 0; number < 1000; number++)
        {
            var random = new RandomStream(5, "serifs", number);
            Serifs.Draw(one, view, new ViewCanvas(ImageShape.Mnist), ref random);
            Assert.InRange(Width(23), 4, 10);
            Assert.Equal([0, 2, 0], [Width(3), Width(14), Width(24)]);
            heads += Width(4) > 2 ? 1 : 0;
        }
        Assert.InRange(heads, 450, 550); // 500 +- 3.2 deviations of 15.8

        int Width(int row) => view.AsSpan(row * 28, 28).Count((byte)255);
    }

    [Fact]
    public void Augmentation_SerifsOnColour_SaysSo() => Assert.Equal(
        "'augmentation.serifProbability' must be 0 for images with colour, found 32 x 32 RGB; say --color gray.",
        Assert.Throws<ArgumentException>(() => new Augmentation(new() { SerifProbability = 0.5 }, new ImageShape(3, 32, 32), 0)).Message);
}
