using Toolchain.Data.Images;
using Toolchain.Data.Sources;
using Toolchain.Data.Strokes;

namespace Toolchain.Data.Tests;

public sealed class StrokesTests
{
    [Fact]
    public void Draw_SameSeed_GivesTheBytesItAlwaysGave() => Assert.Equal(
        "d014826b4602d2f6aca66cfd06bc7261c631256845e2e4490a03d18130f80f04", StrokeDigits.Draw(100, 0).Sha256);

    [Fact]
    public void Draw_OtherSeed_GivesOtherImages() => Assert.NotEqual(StrokeDigits.Draw(10, 0).Sha256, StrokeDigits.Draw(10, 1).Sha256);

    [Fact]
    public void Draw_ARangeOfASequence_IsThatRange()
    {
        ImageSet whole = StrokeDigits.Draw(50, 3), part = StrokeDigits.Draw(20, 3, 30);
        Assert.Equal(whole.Slice(30, 20).Pixels, part.Pixels);
        Assert.Equal(whole.Slice(30, 20).Labels, part.Labels);
    }

    [Fact]
    public void Draw_EachTenImages_HoldEveryDigitOnce() =>
        Assert.All(StrokeDigits.Draw(200, 1).Labels!.Chunk(10), block =>
        Assert.Equal(Enumerable.Range(0, 10), block.Select(digit => (int)digit).Order()));

    [Fact]
    public void Draw_EveryImage_FillsABoxOfTwentyWithItsCentreOfMassInTheMiddle()
    {
        ImageSet set = StrokeDigits.Draw(500, 2);
        int touching = 0;
        for (int image = 0; image < set.Count; image++)
        {
            double mass = 0, massX = 0, massY = 0;
            int left = 28, right = -1, top = 28, bottom = -1;
            bool touchesEdge = false;
            for (int i = 0; i < 784; i++)
            {
                int value = set.Image(image)[i], x = i % 28, y = i / 28;
                (mass, massX, massY) = (mass + value, massX + value * (x + 0.5), massY + value * (y + 0.5));
                touchesEdge |= value > 0 && (x is 0 or 27 || y is 0 or 27);
                if (value > 127)
                {
                    (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
                }
            }
            Assert.InRange(Math.Max(right - left, bottom - top) + 1, 18, 20);
            // Ink never leaves the field: a digit that would have to is moved only up to the edge.
            Assert.True(touchesEdge || (Math.Abs(massX / mass - 14) <= 0.501 && Math.Abs(massY / mass - 14) <= 0.501),
                $"image {image}: ({massX / mass}, {massY / mass})");
            touching += touchesEdge ? 1 : 0;
        }
        Assert.InRange(touching, 0, 25);
    }

    // The two bounds that make the drawn digits worth training on: neighbours find the digit, k-means on pixels does not.
    [Fact]
    public void Draw_FiveNearestNeighbours_AreRightAboveNineInTen()
    {
        ImageSet train = StrokeDigits.Draw(2_000, 0), test = StrokeDigits.Draw(400, 0, 60_000);
        int right = Enumerable.Range(0, test.Count).Count(i => Nearest(train, test.Image(i).ToArray()) == test.Labels![i]);
        Assert.InRange(right / 400.0, 0.95, 1);
    }

    [Fact]
    public void Draw_KMeansOnPixels_StaysBelowThreeInFour()
    {
        ImageSet set = StrokeDigits.Draw(2_000, 0);
        Assert.InRange(PixelKMeans.MatchedAccuracy(set, iterations: 15), 0.3, 0.75);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(StrokeDigits.MaxCount + 1)]
    public void Draw_CountOutOfRange_IsRefused(int count) => Assert.StartsWith(
        $"'count' must be in [1..2000000], was {count}.",
            Assert.Throws<ArgumentOutOfRangeException>(() => StrokeDigits.Draw(count, 0)).Message);

    [Fact]
    public void Open_StrokesSplits_PartOneSequence()
    {
        ImageSet all = ImageSource.Open("strokes:70:5", Split.All), train = ImageSource.Open("strokes:70:5", Split.Train),
            test = ImageSource.Open("strokes:70:5", Split.Test);
        Assert.Equal((60, 10), (train.Count, test.Count));
        Assert.Equal<byte>(all.Pixels, (byte[])[.. train.Pixels, .. test.Pixels]);
        Assert.Equal<int>(all.Labels!, (int[])[.. train.Labels!, .. test.Labels!]);
        Assert.Equal((Split.Train, Split.Test), (train.Split, test.Split));
    }

    [Theory]
    [InlineData("strokes:0")]
    [InlineData("strokes:-5")]
    [InlineData("strokes:10:x")]
    [InlineData("strokes:10:1:28:gray:2")]
    public void Open_StrokesMalformed_SaysTheForm(string spec) => Assert.Equal(
        $"'{spec}': expected strokes[:count[:seed[:SIZE[:gray|rgb]]]] with count in [1..2000000], such as strokes:70000:0 or "
            + "strokes:7000:0:64:rgb. (Parameter 'spec')",
        Assert.Throws<ArgumentException>(() => ImageSource.Open(spec, Split.All)).Message);

    [Theory]
    [InlineData("strokes:10:1:7", "expected a size in [8..128], found '7'.")]
    [InlineData("strokes:10:1:2x", "expected a size in [8..128], found '2x'.")]
    [InlineData("strokes:10:1:32:color", "expected gray or rgb, found 'color'.")]
    public void Open_StrokesOfNoShape_SaysWhatIsExpected(string spec, string message) => Assert.Equal(
        $"'{spec}': {message} (Parameter 'spec')", Assert.Throws<ArgumentException>(() => ImageSource.Open(spec, Split.All)).Message);

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    public void Open_StrokesOfASize_FillAsLargeAPartOfIt(int side)
    {
        ImageSet set = ImageSource.Open($"strokes:50:2:{side}", Split.All);
        Assert.Equal((new(1, side, side), FitMode.Digit), (set.Shape, set.Preprocess.Fit));
        Assert.Equal<int>(StrokeDigits.Draw(50, 2).Labels!, set.Labels!);
        for (int image = 0; image < set.Count; image++)
        {
            int[] ink = [.. Enumerable.Range(0, side * side).Where(i => set.Pixels[image * side * side + i] > 100)];
            int length = Math.Max(ink.Max(i => i % side) - ink.Min(i => i % side), ink.Max(i => i / side) - ink.Min(i => i / side)) + 1;
            Assert.InRange(length, side * 20 / 28.0 - 2, side * 20 / 28.0 + 1.5);
        }
    }

    [Fact]
    public void Open_StrokesOfTwentyEight_AreTheSameWithAndWithoutTheSize() =>
        Assert.Equal(StrokeDigits.Draw(70, 4).Sha256, ImageSource.Open("strokes:70:4:28:gray", Split.All).Sha256);

    [Fact]
    public void Open_StrokesInColour_AreTheGrayInkOnAGround()
    {
        ImageSet gray = ImageSource.Open("strokes:20:3:64", Split.All), colour = ImageSource.Open("strokes:20:3:64:rgb", Split.All);
        Assert.Equal((new(3, 64, 64), FitMode.Letterbox, ImageContent.Writing, true),
            (colour.Shape, colour.Preprocess.Fit, colour.Content, colour.Classes!.AreDigits));
        Assert.Equal<int>(gray.Labels!, colour.Labels!);
        for (int image = 0; image < colour.Count; image++)
        {
            byte[] ink = gray.Image(image).ToArray(), painted = colour.Image(image).ToArray();
            Assert.Single(Enumerable.Range(0, 4096).Where(i => ink[i] == 255)
                .Select(i => (painted[i], painted[4096 + i], painted[8192 + i])).Distinct());
            Assert.InRange(Enumerable.Range(0, 4096).Where(i => ink[i] == 0)
                .Select(i => (painted[i], painted[4096 + i], painted[8192 + i])).Distinct().Count(), 10, 4096);
        }
    }

    // As a model of 32 x 32 takes drawn digits of 28 x 28.
    [Fact]
    public void Open_StrokesForAnotherShape_AreFitted()
    {
        var options = new ImageSourceOptions { Height = 32, Width = 32 };
        ImageSet set = ImageSource.Open("strokes:20:3", Split.All, options);
        Assert.Equal((new(1, 32, 32), 20), (set.Shape, set.Count));
        Assert.All(Enumerable.Range(0, 20), image => Assert.InRange(set.Image(image).ToArray().Count(value => value > 100), 20, 500));
    }

    [Fact]
    public void WriteSheet_HundredImages_GoRowByDigit()
    {
        using var folder = new TemporaryFolder();
        StrokeDigits.WriteSheet(folder["s.png"], 0);
        Picture sheet = ImageFile.Decode(File.ReadAllBytes(folder["s.png"]), "s.png");
        Assert.Equal((600, 600), (sheet.Width, sheet.Height));
        ImageSet set = StrokeDigits.Draw(10, 0);
        int seven = Array.IndexOf(set.Labels!, (byte)7);
        for (int i = 0; i < 784; i++)
        {
            Assert.Equal(255 - set.Image(seven)[i], sheet.Pixels[(7 * 60 + 2 + 2 * (i / 28)) * 600 + 2 + 2 * (i % 28)]);
        }
    }

    static int Nearest(ImageSet train, byte[] image)
    {
        var votes = Enumerable.Range(0, train.Count)
            .Select(i => (Distance: PixelKMeans.SquaredDistance(train.Image(i), image), Label: train.Labels![i]))
            .OrderBy(pair => pair.Distance).Take(5);
        return votes.GroupBy(pair => pair.Label).MaxBy(group => group.Count())!.Key;
    }
}
