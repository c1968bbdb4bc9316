using Toolchain.Data.Sources;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Tests.Glyphs;

/// <summary>`glyphs:` on fonts of rectangles and triangles.</summary>
public sealed class GlyphSetTests
{
    [Fact]
    public void Open_TallRectangle_FillsTwentyRowsAboutTheMiddle()
    {
        using var folder = new TemporaryFolder();
        folder.Write("sub/a.ttf", FontFile.Of("Plain", Letters(500)));
        ImageSet set = ImageSource.Open($"glyphs:{folder[""]}:AB", Split.All);
        Assert.Equal((2, new ImageShape(1, 28, 28), FitMode.Letterbox, ImageContent.Writing),
            (set.Count, set.Shape, set.Preprocess.Fit, set.Content));
        Assert.Equal(["A", "B"], set.Classes!.AllNames());
        Assert.Equal(["sub/a.ttf:A", "sub/a.ttf:B"], set.FileNames!);
        // A is 500 x 1000 units: 10 x 20 pixels, all of full ink.
        Assert.All(Enumerable.Range(0, 784), i =>
            Assert.Equal(i % 28 is >= 9 and < 19 && i / 28 is >= 4 and < 24 ? 255 : 0, set.Image(0)[i]));
    }

    [Fact]
    public void Open_Colour_IsSeededAndHasContrast()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.ttf", FontFile.Of("Plain", Letters(500)));
        string spec = $"glyphs:{folder[""]}:AB:32:rgb";
        ImageSet set = ImageSource.Open(spec, Split.All);
        Assert.Equal((new(3, 32, 32), FitMode.Letterbox, ImageContent.Writing), (set.Shape, set.Preprocess.Fit, set.Content));
        Assert.Equal(set.Sha256, ImageSource.Open(spec, Split.All).Sha256);
        byte[] first = set.Image(0).ToArray();
        Assert.InRange(first.Distinct().Count(), 10, 256); // a texture, not two colours
        Assert.InRange(first[..1024].Zip(first[1024..2048], (red, green) => Math.Abs(red - green)).Max(), 10, 255);
    }

    [Fact]
    public void Open_Colour_KeepsSizesAndHeightsOfAFontsCharacters()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.ttf", FontFile.Of("Plain", new Dictionary<char, (short X, short Y)[]>
        {
            ['O'] = FontFile.Box(400, 1000),
            ['o'] = FontFile.Box(300, 500),
        }));
        ImageSet set = ImageSource.Open($"glyphs:{folder[""]}:Oo:128:rgb", Split.All);
        int[] large = InkRows(set.Image(0)), small = InkRows(set.Image(1));
        // 75 to 90 % of 128 for the largest; half of that for half its height, give or take a pixel.
        Assert.InRange(large.Length, 95, 116);
        Assert.InRange(small.Length, 47, 59);
        // Both stand on the line: their lower ends are within two shifts of 8 pixels, and of sizes that differ by 16 a side at most.
        Assert.InRange(Math.Abs(large[^1] - small[^1]), 0, 26);
        Assert.InRange(small[0] - large[0], 25, 90);

        // Rows with 20 pixels or more of the colour of a pixel that is ink in both.
        static int[] InkRows(ReadOnlySpan<byte> image)
        {
            List<int> rows = [];
            for (int y = 0; y < 128; y++)
            {
                int inked = 0;
                for (int x = 0; x < 128; x++)
                {
                    inked += Colour(image, x, y) == Colour(image, 64, 84) ? 1 : 0;
                }
                rows.AddRange(inked >= 20 ? [y] : []);
            }
            return [.. rows];
        }

        static int Colour(ReadOnlySpan<byte> image, int x, int y) =>
            image[y * 128 + x] << 16 | image[(128 + y) * 128 + x] << 8 | image[(256 + y) * 128 + x];
    }

    [Fact]
    public void Open_FamilyOfSeveralFaces_IsInOnePart()
    {
        using var folder = new TemporaryFolder();
        for (int family = 0; family < 10; family++)
        {
            for (int face = 0; face < 3; face++)
            {
                folder.Write($"{face}-{family}.otf", FontFile.Of($"Design {family}{(face == 2 ? " Mono" : "")}",
                    Letters(200 + 30 * family + face)));
            }
        }
        string spec = $"glyphs:{folder[""]}:AB:8";
        ImageSet train = ImageSource.Open(spec, Split.Train), test = ImageSource.Open(spec, Split.Test);
        Assert.Equal((2 * 24, 2 * 6), (train.Count, test.Count));
        string[] held = [.. Families(test)];
        Assert.Equal(2, held.Length);
        Assert.Empty(held.Intersect(Families(train)));
        Assert.Equal<byte>([.. train.Pixels, .. test.Pixels], ImageSource.Open(spec, Split.All).Pixels);
        Assert.Equal((Split.Train, Split.Test), (train.Split, test.Split));
        // Size and colour change neither fonts nor parts.
        Assert.Equal(test.FileNames, ImageSource.Open($"glyphs:{folder[""]}:AB:40:rgb", Split.Test).FileNames);

        static IEnumerable<string> Families(ImageSet set) => set.FileNames!.Select(name => name.Split('-', '.')[1]).Distinct();
    }

    [Fact]
    public void Open_UnusableFonts_AreLeftOutAndCounted()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.ttf", FontFile.Of("Good", Letters(500)));
        folder.Write("b.ttf", FontFile.Of("Copy", Letters(500)));
        folder.Write("c.ttf", FontFile.Of("Lacking", new Dictionary<char, (short, short)[]> { ['A'] = FontFile.Box(10, 20) }));
        folder.Write("d.ttf", FontFile.Of("Blank", new Dictionary<char, (short, short)[]> { ['A'] = FontFile.Box(10, 20), ['B'] = [] }));
        // As a font that has capitals in the places of small letters, if smaller ones.
        folder.Write("e.ttf", FontFile.Of("Alike", new Dictionary<char, (short, short)[]>
        { ['A'] = FontFile.Box(100, 200), ['B'] = FontFile.Box(200, 400) }));
        folder.Write("f.ttf", FontFile.Of("Wingdings", Letters(300)));
        folder.Write("g.ttf", FontFile.Of("Mapped", Letters(310), encoding: 0));
        folder.Write("j.ttf", FontFile.Of("jsMath-cmsy10", Letters(320)));
        folder.Write("h.ttf", [1, 2, 3]);
        folder.Write("i.txt", [1, 2, 3]);
        using ImageStream stream = ImageSource.OpenStream($"glyphs:{folder[""]}:AB", Split.All);
        Assert.Equal(["glyphs: 1 font of 9 files, 0 to train on and 1 of other families to test on; left out: 1 unreadable, 3 of symbols, "
            + "2 without a character, 1 with one glyph for two characters, 1 the same as another"], stream.Remarks);
        Assert.Equal(2, stream.Count);
    }

    [Fact]
    public void Open_Digits_AreFittedAsDigits()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.ttf", FontFile.Of("Numbers", Enumerable.Range(0, 10).ToDictionary(i => (char)('0' + i),
            i => FontFile.Box(100 + 50 * i, 1000))));
        ImageSet set = ImageSource.Open($"glyphs:{folder[""]}:digits:16", Split.All);
        Assert.Equal((true, FitMode.Digit, 10), (set.Classes!.AreDigits, set.Preprocess.Fit, set.Count));
    }

    [Fact]
    public void Open_NothingUsable_SaysWhatWasFound()
    {
        using var folder = new TemporaryFolder();
        folder.Write("h.ttf", [1, 2, 3]);
        Assert.Equal($"'{folder[""]}': expected at least one font (.ttf, .otf) with 26 different characters, found 1 font file; left out: "
            + "1 unreadable; name another folder or other characters.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open($"glyphs:{folder[""]}", Split.All)).Message);
        folder.Write("h.ttf", FontFile.Of("Only", Letters(500)));
        Assert.Equal($"'{folder[""]}': expected fonts of two families or more to part them, found one; name a folder of more fonts, or "
            + "--split all.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open($"glyphs:{folder[""]}:AB", Split.Train)).Message);
    }

    static Dictionary<char, (short, short)[]> Letters(int width) =>
        new() { ['A'] = FontFile.Box(width, 1000), ['B'] = [(0, 0), ((short)(width / 2), 1000), ((short)width, 0)] };
}
