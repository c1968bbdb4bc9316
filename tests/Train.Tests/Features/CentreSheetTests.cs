using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Features;
using Toolchain.Train.Models.KMeans;

namespace Toolchain.Train.Tests.Features;

public sealed class CentreSheetTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(300, 5);

    // With all components kept, an image is its mean and its projection: undone, it is the image.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ToPixels_OfProjectedImages_AreTheImages(bool whiten)
    {
        var features = PixelFeatures.Fit(digits, new KMeansSystemOptions { VarianceFraction = 1, Whiten = whiten }, threads: 1);
        var rows = new double[2, features.Rows.Width];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i / features.Rows.Width, i % features.Rows.Width] = features.Rows[i / features.Rows.Width][i % features.Rows.Width];
        }
        double[,] images = features.ToPixels(rows);
        Assert.All(Enumerable.Range(0, 2 * ImageShape.Mnist.Size), i =>
            Assert.Equal(digits.Pixels[i] / 255.0, images[i / ImageShape.Mnist.Size, i % ImageShape.Mnist.Size], 1e-4));
    }

    [Fact]
    public void Draw_TwoCentres_AreInkOverTheirShares()
    {
        var images = new double[2, ImageShape.Mnist.Size];
        images[0, 0] = 1;
        images[1, 27] = 2; // scaled to full ink
        images[1, 26] = 1;
        (int width, int height, byte[] grey) = CentreSheet.Draw(images, Preprocess.Mnist, [.25, .75]);
        Assert.Equal((2 * 62, 62 + 16), (width, height));
        byte At(int x, int y) => grey[y * width + x];
        Assert.Equal((0, 0, 255), (At(3, 3), At(4, 4), At(5, 5)));
        Assert.Equal((0, 128, 255), (At(62 + 3 + 54, 3), At(62 + 3 + 52, 3), At(62 + 3 + 50, 3)));
        // "25.0%" begins with the upper edge of a 2, "75.0%" with that of a 7; their second rows with its right end.
        Assert.All(new[] { 0, 62 }, left =>
            Assert.Equal((0, 0, 255, 0), (At(left + 3, 62), At(left + 8, 62), At(left + 3, 64), At(left + 7, 64))));
    }
}
