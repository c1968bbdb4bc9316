using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class FlagAndFootTests
{
    // A one of rows 6 to 21 in columns 13 and 14.
    static readonly float[] stem = [.. Enumerable.Range(0, 784).Select(i => i / 28 is >= 6 and < 22 && i % 28 is 13 or 14 ? 1f : 0)];

    [Fact]
    public void Draw_OnAStem_AddsAFlagToTheLeftAFootOrBoth()
    {
        int flags = 0, feet = 0, both = 0;
        for (int number = 0; number < 900; number++)
        {
            float[] view = Drawn(stem, number);
            Assert.All(view.Index(), pixel => Assert.InRange(pixel.Item, stem[pixel.Index], 1)); // ink is only added
            bool hasFlag = Width(view, 6, 12) > 2, hasFoot = Width(view, 18, 25) > 4;
            Assert.True(hasFlag || hasFoot);
            Assert.Equal(0, view.Index().Count(pixel => pixel.Index / 28 < 16 && pixel.Index % 28 > 17 && pixel.Item > 0)); // to the right
            flags += hasFlag ? 1 : 0;
            feet += hasFoot ? 1 : 0;
            both += hasFlag && hasFoot ? 1 : 0;
        }
        Assert.InRange(flags, 555, 645); // two of three: 600 +- 3.2 deviations of 14.1
        Assert.InRange(feet, 555, 645);
        Assert.InRange(both, 255, 345);
    }

    [Fact]
    public void Draw_NoInk_GivesTheView() => Assert.All(Drawn(new float[784], 0), pixel => Assert.Equal(0, pixel));

    [Fact]
    public void Augmentation_FlagsOfImagesInColour_AreLeftOut()
    {
        Assert.NotEqual(Views(1, 0), Views(1, 1));
        Assert.Equal(Views(3, 0), Views(3, 1));

        static float[] Views(int channels, double probability)
        {
            var shape = new ImageShape(channels, 28, 28);
            byte[] stems = [.. Enumerable.Range(0, shape.Size).Select(i => (byte)(i % 28 == 14 ? 255 : 0))];
            ImageSet images = new("stems", Split.Train, stems, new() { Preprocess = new(shape, FitMode.Letterbox) });
            var views = new float[16 * shape.Size];
            new Augmentation(new() { FlagProbability = probability }, shape, 7).Draw(images, [0], new(0, 0, 16), views);
            return views;
        }
    }

    // Most columns with ink in a row of those from `first` to `last`.
    static int Width(float[] view, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Max(row => view.AsSpan(row * 28, 28).ToArray().Count(pixel => pixel > 0.25f));

    static float[] Drawn(float[] image, int number)
    {
        float[] view = [.. image];
        var random = new RandomStream(5, "flags", number);
        FlagAndFoot.Draw(view, ImageShape.Mnist, ref random);
        return view;
    }
}
