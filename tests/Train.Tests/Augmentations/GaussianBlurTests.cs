using Toolchain.Data;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class GaussianBlurTests
{
    static readonly ImageShape shape = new(1, 9, 11);
    static readonly ViewCanvas canvas = new(shape);

    // Weights 1, 1/2, 1/16 to either side: exp(-.5 d^2 / s^2) with s^2 = 1 / (2 ln 2); together 1 + 1 + 1/8 = 17/8.
    [Fact]
    public void Apply_OnePixel_HasTheGaussiansWeightsAround()
    {
        float[] blurred = Blurred((4, 5));
        Assert.Equal(64 / 289f, At(blurred, 4, 5), 1e-6f); // (8/17)^2
        Assert.Equal(32 / 289f, At(blurred, 4, 6), 1e-6f);
        Assert.Equal(4 / 289f, At(blurred, 2, 5), 1e-6f);
        Assert.Equal(2 / 289f, At(blurred, 2, 4), 1e-6f);
        Assert.Equal(0, At(blurred, 4, 8));
    }

    [Fact]
    public void Apply_APixelAtTheCorner_CountsAgainBeyondTheEdges() =>
        Assert.Equal(25 / 34f * (25 / 34f), At(Blurred((0, 0)), 0, 0), 1e-6f); // (8 + 4 + 1/2) / 17 along either axis

    [Fact]
    public void Draw_AlwaysBlurred_KeepsTheInkAndLowersThePeak()
    {
        byte[] dot = new byte[784];
        dot[14 * 28 + 14] = 255;
        float[] sharp = View(0), blurred = View(1);
        Assert.Equal(sharp.Sum(), blurred.Sum(), 1e-4f);
        Assert.InRange(blurred.Max(), 0, 0.7f * sharp.Max()); // the least blur, of half a pixel, leaves .62

        float[] View(double probability)
        {
            AugmentationOptions options = StillViews.Options with { BlurProbability = probability };
            var view = new float[784];
            new Augmentation(options, ImageShape.Mnist, 3).Draw(new ImageSet("dot", Split.All, dot), [0], new(0, 0, 1), view);
            return view;
        }
    }

    static float[] Blurred((int Row, int Column) pixel)
    {
        var buffers = new ViewBuffers(shape);
        buffers.Pixels[0][canvas.Origin + pixel.Row * canvas.Stride + pixel.Column] = 1;
        GaussianBlur.Apply(buffers, buffers.Pixels, Math.Sqrt(1 / (2 * Math.Log(2))), reach: 2);
        return buffers.Pixels[0];
    }

    static float At(float[] pixels, int row, int column) => pixels[canvas.Origin + row * canvas.Stride + column];
}
