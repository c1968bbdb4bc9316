using Toolchain.Data.Glyphs;
using Toolchain.Data.Seeds;

namespace Toolchain.Data.Tests.Glyphs;

public sealed class TexturedGroundTests
{
    // The left half is ink, so that its luma is to be compared with that of every pixel of the right one.
    [Fact]
    public void Paint_AnySeed_HasInkOfOneColourWithContrastOfEitherPolarity()
    {
        ImageShape shape = new(3, 16, 16);
        byte[] ink = [.. Enumerable.Range(0, 256).Select(i => (byte)(i % 16 < 8 ? 255 : 0))];
        int bright = 0;
        for (int sample = 0; sample < 200; sample++)
        {
            var random = new RandomStream(1, "test", 0, sample);
            byte[] image = new byte[shape.Size];
            TexturedGround.Paint(ink, shape, ref random, image);
            double[] luma = [.. Enumerable.Range(0, 256).Select(i => 0.299 * image[i] + 0.587 * image[256 + i] + 0.114 * image[512 + i])];
            Assert.Single(luma.Where((_, i) => i % 16 < 8).Distinct());
            double[] over = [.. luma.Where((_, i) => i % 16 >= 8).Select(ground => luma[0] - ground)];
            Assert.All(over, difference => Assert.InRange(Math.Abs(difference), TexturedGround.LeastContrast, 255));
            Assert.Single(over.Select(Math.Sign).Distinct());
            bright += over[0] > 0 ? 1 : 0;
        }
        Assert.InRange(bright, 60, 140);
    }

    [Fact]
    public void Paint_PartialInk_LiesBetweenGroundAndInk()
    {
        ImageShape shape = new(3, 8, 8);
        byte[] none = Painted(0), half = Painted(128), full = Painted(255);
        Assert.All(Enumerable.Range(0, shape.Size), i =>
            Assert.InRange(half[i], (none[i] + full[i]) / 2 - 1, (none[i] + full[i]) / 2 + 2));

        byte[] Painted(byte cover)
        {
            byte[] image = new byte[shape.Size];
            var random = new RandomStream(1, "test");
            TexturedGround.Paint([.. Enumerable.Repeat(cover, shape.PixelCount)], shape, ref random, image);
            return image;
        }
    }
}
