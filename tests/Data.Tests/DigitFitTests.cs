using Toolchain.Data.Images;
using Toolchain.Data.Strokes;

namespace Toolchain.Data.Tests;

public sealed class DigitFitTests
{
    [Fact]
    public void Fit_OfTwentyEight_IsCopied()
    {
        byte[] image = StrokeDigits.Draw(1, 0).Pixels;
        Assert.Equal(image, Fit(image, 28, 28));
    }

    [Fact]
    public void Fit_OfTwentyEightDarkOnBright_IsInvertedOnly()
    {
        byte[] image = StrokeDigits.Draw(1, 0).Pixels;
        Assert.Equal(image, Fit([.. image.Select(pixel => (byte)(255 - pixel))], 28, 28));
    }

    // A bar of 10 x 40 in a field of 100 x 80 becomes 5 x 20; with its centre of mass in the middle it covers columns 11 or 12 to 16 and
    // rows 4 to 24.
    [Fact]
    public void Fit_Bar_FillsTheBoxInItsLongDirection()
    {
        byte[] field = new byte[100 * 80];
        for (int y = 7; y < 47; y++)
        {
            field.AsSpan(y * 100 + 63, 10).Fill(200);
        }
        byte[] fitted = Fit(field, 100, 80);
        int[] rows = [.. Enumerable.Range(0, 28).Where(y => fitted.AsSpan(y * 28, 28).ContainsAnyExcept((byte)0))];
        int[] columns = [.. Enumerable.Range(0, 28).Where(x => Enumerable.Range(0, 28).Any(y => fitted[y * 28 + x] > 0))];
        Assert.Equal(Enumerable.Range(4, 20), rows);
        Assert.Equal(5, columns.Length);
        Assert.InRange(columns[0], 11, 12);
        Assert.Equal(255, fitted[14 * 28 + columns[2]]);
    }

    [Fact]
    public void Fit_BrightPaperWithDarkInk_IsTheSameAsBrightInkOnBlack()
    {
        byte[] ink = Enlarged(StrokeDigits.Draw(3, 1).Slice(2, 1).Pixels, 3);
        byte[] paper = [.. ink.Select(pixel => (byte)(255 - pixel))];
        Assert.Equal(Fit(ink, 84, 84), Fit(paper, 84, 84));
    }

    [Fact]
    public void Fit_EnlargedDigits_AreStillTheDigits()
    {
        ImageSet set = StrokeDigits.Draw(50, 1);
        for (int i = 0; i < set.Count; i++)
        {
            byte[] fitted = Fit(Enlarged(set.Image(i), 4), 112, 112);
            int own = PixelKMeans.SquaredDistance(fitted, set.Image(i));
            Assert.True(Enumerable.Range(0, 50).All(other => own <= PixelKMeans.SquaredDistance(fitted, set.Image(other))),
                $"image {i} became another");
        }
    }

    [Fact]
    public void Fit_SmallerThanTheField_IsEnlarged()
    {
        byte[] fitted = Fit([0, 0, 0, 0, 0, 9, 250, 0, 0, 7, 250, 0, 0, 0, 0, 0], 4, 4);
        Assert.Equal(20, Enumerable.Range(0, 28).Count(y => fitted.AsSpan(y * 28, 28).ContainsAnyExcept((byte)0)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void Fit_BlankPaper_IsEmpty(byte level) => Assert.Equal(new byte[784], Fit([.. Enumerable.Repeat(level, 50 * 40)], 50, 40));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 300)]
    [InlineData(300, 1)]
    public void Fit_ExtremeShapes_StayInTheField(int width, int height)
    {
        byte[] line = new byte[width * height];
        line[line.Length / 2] = 255;
        Assert.Equal(784, Fit(line, width, height).Length);
    }

    static byte[] Fit(byte[] pixels, int width, int height)
    {
        byte[] fitted = new byte[784];
        fitted.AsSpan().Fill(77);
        PictureFit.Fit(new(pixels, width, height, "x"), Preprocess.Mnist, fitted);
        return fitted;
    }

    static byte[] Enlarged(ReadOnlySpan<byte> image, int factor)
    {
        byte[] large = new byte[784 * factor * factor];
        for (int i = 0; i < large.Length; i++)
        {
            large[i] = image[i / (28 * factor) / factor * 28 + i % (28 * factor) / factor];
        }
        return large;
    }
}
