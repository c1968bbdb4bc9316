using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests.Glyphs;

/// <summary>`glyphs:` on the fonts of Debian's package fonts-liberation.</summary>
public sealed class InstalledFontTests
{
    const string Fonts = "/usr/share/fonts/truetype/liberation";

    [Fact]
    public void Open_Capitals_AreUprightInkOfFullHeightAndKnownByTheirNeighbours()
    {
        Assert.SkipUnless(Directory.Exists(Fonts), $"needs fonts in {Fonts} (Debian: apt-get install fonts-liberation)");
        ImageSet train = ImageSource.Open($"glyphs:{Fonts}", Split.Train), test = ImageSource.Open($"glyphs:{Fonts}", Split.Test);
        Assert.Empty(Writers(train).Intersect(Writers(test)));
        int right = 0;
        for (int image = 0; image < test.Count; image++)
        {
            byte[] pixels = test.Image(image).ToArray();
            int[] rows = [.. Enumerable.Range(0, 784).Where(i => pixels[i] > 100).Select(i => i / 28)],
                columns = [.. Enumerable.Range(0, 784).Where(i => pixels[i] > 100).Select(i => i % 28)];
            Assert.InRange(Math.Max(rows.Max() - rows.Min(), columns.Max() - columns.Min()) + 1, 18, 20);
            int nearest = Enumerable.Range(0, train.Count).MinBy(i => PixelKMeans.SquaredDistance(train.Image(i), pixels));
            right += train.Labels![nearest] == test.Labels![image] ? 1 : 0;
        }
        Assert.InRange((double)right / test.Count, 0.6, 1);

        static IEnumerable<string> Writers(ImageSet set) => set.FileNames!.Select(name => name.Split(':')[0]).Distinct();
    }
}
