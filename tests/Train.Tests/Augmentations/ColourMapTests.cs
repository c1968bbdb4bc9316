using System.Runtime.Intrinsics;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class ColourMapTests
{
    [Fact]
    public void Saturation_Zero_IsGreyByLuma() => AssertColour(ColourMap.Saturation(0), [1, .5f, .25f], [.621f, .621f, .621f]);

    [Fact]
    public void Contrast_OfHalf_HalvesTheDistanceFromTheGrey() => AssertColour(ColourMap.Contrast(.5, .4), [1, .4f, 0], [.7f, .4f, .2f]);

    [Fact]
    public void Contrast_BelowZero_TurnsLightToDark() => AssertColour(ColourMap.Contrast(-1, .5), [.9f, .5f, .2f], [.1f, .5f, .8f]);

    [Fact]
    public void After_TwoMaps_AppliesTheSecondToTheFirst() =>
        AssertColour(ColourMap.Contrast(.5, .4).After(ColourMap.Scale(2)), [.5f, .2f, 0], [.7f, .4f, .2f]);

    // Luma, 0.299 R + 0.587 G + 0.114 B, stays whatever the hue; a whole turn is none.
    [Theory]
    [InlineData(.1)]
    [InlineData(.5)]
    [InlineData(1)]
    public void Hue_AnyTurn_KeepsLuma(double turn)
    {
        float[] found = Apply(ColourMap.Hue(turn), [.6f, .5f, .3f]);
        Assert.Equal(.299f * .6f + .587f * .5f + .114f * .3f, .299f * found[0] + .587f * found[1] + .114f * found[2], 1e-3f);
        Assert.Equal(turn == 1, Math.Abs(found[0] - .6f) < 1e-3);
    }

    // A view in colour of objects or of writing keeps within [0,1], is the same for the same key, and its colours are not the image's.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Draw_InColour_GivesOtherColoursWithinRange(bool isOfObjects)
    {
        var shape = new ImageShape(3, 12, 16);
        byte[] pixels = [.. Enumerable.Range(0, shape.Size).Select(i => (byte)(40 + 60 * (i / shape.PixelCount) + i % 16))];
        var data = new ImageSet("colours", Split.All, pixels, new() { Preprocess = new(shape, FitMode.Letterbox) });
        float[] views = new float[4 * shape.Size], again = new float[4 * shape.Size];
        new Augmentation(new() { StrokeProbability = 1 }, shape, 3, isOfObjects).Draw(data, [0], new(0, 0, 4), views);
        new Augmentation(new() { StrokeProbability = 1 }, shape, 3, isOfObjects).Draw(data, [0], new(0, 0, 4), again);
        Assert.Equal(views, again);
        Assert.All(views, value => Assert.InRange(value, 0, 1));
        float[] means = [.. Enumerable.Range(0, 4).Select(view => views.Skip(view * shape.Size).Take(shape.PixelCount).Average())];
        Assert.Equal(4, means.Distinct().Count());
    }

    // The map of a crop reads from within the image.
    [Fact]
    public void DrawCrop_ManyDraws_StayWithinTheImage()
    {
        var canvas = new ViewCanvas(20, 30);
        var random = new RandomStream(5, "test");
        int flipped = 0;
        for (int i = 0; i < 500; i++)
        {
            AffineMap map = ObjectViews.DrawCrop(canvas, ref random);
            flipped += map.XX < 0 ? 1 : 0;
            foreach ((int x, int y) in new[] { (0, 0), (29, 0), (0, 19), (29, 19) })
            {
                (Vector256<float> sourceX, Vector256<float> sourceY) = map.Source(Vector256.Create((float)x), y);
                Assert.InRange(sourceX[0], -.01f, 29.01f);
                Assert.InRange(sourceY[0], -.01f, 19.01f);
            }
        }
        Assert.InRange(flipped, 200, 300);
    }

    static void AssertColour(ColourMap map, float[] colour, float[] expected) =>
        Assert.All(expected.Zip(Apply(map, colour)), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));

    static float[] Apply(ColourMap map, float[] colour) => [.. Enumerable.Range(0, 3).Select(channel =>
        map.Of(channel, Vector256.Create(colour[0]), Vector256.Create(colour[1]), Vector256.Create(colour[2]))[0])];
}
