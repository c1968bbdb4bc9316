using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class SerifsTests
{
    [Fact]
    public void Grow_ByTwo_TakesTheLargestOfFivePixels()
    {
        byte[] row = [0, 0, 0, 9, 0, 0, 0, 0, 4], grown = [.. row];
        Serifs.Grow(new(0, 1, 9), 2, row, grown);
        Assert.Equal<byte>([0, 9, 9, 9, 9, 9, 4, 4, 4], grown);
    }

    [Fact]
    public void Grow_AColumnByOne_LeavesTheOthers()
    {
        byte[] image = [1, 0, 0, 0, 2, 3], grown = [.. image];
        Serifs.Grow(new(0, 2, 3), 1, image, grown); // the first column of 3 x 2 pixels: 1, 0, 2
        Assert.Equal<byte>([1, 0, 2, 0, 2, 3], grown);
    }

    [Fact]
    public void InkOf_FaintEdges_AreNoInk()
    {
        byte[] image = new byte[28 * 28];
        (image[3 * 28], image[4 * 28 + 25], image[20 * 28 + 2], image[21 * 28 + 1]) = (63, 64, 255, 10);
        Assert.Equal(System.Drawing.Rectangle.FromLTRB(2, 4, 26, 21), Serifs.InkOf(image, 28));
        Assert.True(Serifs.InkOf(new byte[28 * 28], 28).IsEmpty);
    }

    // A one of rows 4 to 23 in columns 13 and 14: its middle stays, the foot is always wider, the head in three of four views.
    [Fact]
    public void Draw_AOne_AlwaysHasAFootAndThreeOfFourAHead()
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
            Assert.InRange(Width(23), 4, 12);
            Assert.Equal(2, Width(14));
            heads += Width(4) > 2 ? 1 : 0;
        }
        Assert.InRange(heads, 706, 794); // 750 +- 3.2 deviations of 13.7

        int Width(int row) => view.AsSpan(row * 28, 28).Count((byte)255);
    }

    [Fact]
    public void Draw_NoInk_GivesTheImage()
    {
        byte[] view = new byte[28 * 28];
        var random = new RandomStream(5, "serifs");
        Serifs.Draw(new byte[28 * 28], view, new ViewCanvas(ImageShape.Mnist), ref random);
        Assert.All(view, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Augmentation_SerifsOfImagesInColour_AreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new Augmentation(new() { SerifProbability = 0.5 }, new ImageShape(3, 28, 28), 7));
        Assert.Equal("'augmentation.serifProbability' must be 0 for images in colour, was 0.5.", error.Message);
    }

    [Fact]
    public void Augmentation_Serifs_ChangeTheViews() => Assert.NotEqual(Views(0), Views(1));

    static float[] Views(double probability)
    {
        byte[] stems = [.. Enumerable.Range(0, 4 * 784).Select(i => (byte)(i % 28 == 14 ? 255 : 0))];
        AugmentationOptions options = StillViews.Options with { SerifProbability = probability };
        var views = new float[stems.Length];
        new Augmentation(options, ImageShape.Mnist, 7).Draw(new ImageSet("stems", Split.Train, stems), [0, 1, 2, 3], new(0, 0, 1), views);
        return views;
    }
}
