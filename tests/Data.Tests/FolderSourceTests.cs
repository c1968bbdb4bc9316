using Toolchain.Data.Sources;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Tests;

public sealed class FolderSourceTests
{
    [Fact]
    public void Open_FoldersNamedByDigit_AreClassesInOrdinalOrder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train/7/b.png", Samples.PngDigit(70));
        folder.Write("train/7/B.png", Samples.PngDigit(71));
        folder.Write("train/0/z.PGM", [.. "P5 28 28 255 "u8, .. new byte[784]]);
        folder.Write("notes.txt", [1]);
        ImageSet set = ImageSource.Open(folder.Root, Split.Train);
        Assert.Equal(["train/0/z.PGM", "train/7/B.png", "train/7/b.png"], set.FileNames!);
        Assert.Equal(new int[] { 0, 7, 7 }, set.Labels);
        Assert.Equal([0, 71, 70], Enumerable.Range(0, 3).Select(i => (int)set.Image(i)[100]));
        Assert.Equal(Path.GetFileName(folder.Root), set.Name);
    }

    [Fact]
    public void Open_OtherFolders_AreUnlabelled()
    {
        using var folder = new TemporaryFolder();
        folder.Write("seven/b.png", Samples.PngDigit(70));
        Assert.Null(ImageSource.Open(folder.Root, Split.All).Labels);
    }

    [Fact]
    public void Open_LabelledAndUnlabelledTogether_IsReadWithoutLabelsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("7/b.png", Samples.PngDigit(70));
        folder.Write("x.png", Samples.PngDigit(70));
        ImageSet set = ImageSource.Open(folder.Root, Split.All);
        Assert.Equal((2, null), (set.Count, set.Labels));
        Assert.Equal([$"'{folder.Root}': labels are left out: of 2 images 1 lie in folders of classes, 'x.png' does not"], set.Remarks);
    }

    [Fact]
    public void Open_NoImages_SaysWhatCounts()
    {
        using var folder = new TemporaryFolder();
        folder.Write("notes.txt", [1]);
        Assert.Equal($"'{folder.Root}': expected images (.png .pgm .jpg .jpeg .webp .bmp .gif), found none; name another source.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder.Root, Split.All)).Message);
    }

    [Fact]
    public void Open_CorruptImageAmongGoodOnes_IsNamed()
    {
        using var folder = new TemporaryFolder();
        ThreeWithABadOne(folder);
        Assert.StartsWith($"'{folder["2/b.png"]}': offset ",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder.Root, Split.All)).Message);
    }

    [Fact]
    public void Open_CorruptImageWithSkipBad_KeepsRowsNamesAndLabelsTogether()
    {
        using var folder = new TemporaryFolder();
        ThreeWithABadOne(folder);
        ImageSet set = ImageSource.Open(folder.Root, Split.All, new() { SkipBad = true });
        Assert.Equal(["1/a.png", "3/c.png"], set.FileNames!);
        Assert.Equal(new int[] { 1, 3 }, set.Labels);
        Assert.Equal([10, 30], Enumerable.Range(0, 2).Select(i => (int)set.Image(i)[100]));
        Assert.StartsWith($"'{folder["2/b.png"]}': offset ", Assert.Single(set.Skipped));
    }

    [Fact]
    public void Open_OnlyCorruptImagesWithSkipBad_IsAnError()
    {
        using var folder = new TemporaryFolder();
        folder.Write("b.png", [1, 2]);
        Assert.StartsWith($"'{folder.Root}': expected images (.png .pgm .jpg .jpeg .webp .bmp .gif), found 1 that cannot be read, the "
            + $"first being '{folder["b.png"]}': offset 0:",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder.Root, Split.All, new() { SkipBad = true })).Message);
    }

    [Fact]
    public void Open_LinkInACircle_Ends()
    {
        using var folder = new TemporaryFolder();
        folder.Write("in/b.png", Samples.PngDigit(70));
        Directory.CreateSymbolicLink(folder["in/round"], folder.Root);
        Assert.Equal(1, ImageSource.Open(folder.Root, Split.All).Count);
    }

    static void ThreeWithABadOne(TemporaryFolder folder)
    {
        folder.Write("1/a.png", Samples.PngDigit(10));
        folder.Write("2/b.png", Samples.PngDigit(20)[..60]);
        folder.Write("3/c.png", Samples.PngDigit(30));
    }

    [Fact]
    public void Fingerprint_AFileMoreOrRenamed_IsAnother()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", Samples.PngDigit(70));
        var seen = new List<string> { Fingerprint() };
        Assert.Equal(seen[0], Fingerprint());
        folder.Write("b.png", Samples.PngDigit(71));
        seen.Add(Fingerprint());
        File.Move(folder["b.png"], folder["c.png"]);
        seen.Add(Fingerprint());
        Assert.Distinct(seen);

        string Fingerprint()
        {
            using ImageStream stream = ImageSource.OpenStream(folder.Root, Split.All);
            return stream.Fingerprint!;
        }
    }

    [Fact]
    public void ReadAgain_Folder_GivesAnyImagesAndMovesNothing()
    {
        using var folder = new TemporaryFolder();
        ThreeWithABadOne(folder);
        using ImageStream stream = ImageSource.OpenStream(folder.Root, Split.All);
        ImageBatch batch = new(2, ImageShape.Mnist), again = new(2, ImageShape.Mnist);
        stream.Read(batch, 1);
        Assert.True(stream.ReadAgain(again, 1, 2));
        again.Decode();
        Assert.Equal((1, "2/b.png", "3/c.png", 3), (again.First, again.Names[0], again.Names[1], again.Labels[1]));
        Assert.NotNull(again.Problems[0]);
        Assert.Null(again.Problems[1]);
        Assert.Equal(1, stream.Position);
    }

    [Fact]
    public void Checksum_APixelChanged_IsAnother()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", Samples.PngDigit(70));
        uint before = Checksum();
        Assert.Equal(before, Checksum());
        folder.Write("a.png", Samples.PngDigit(71));
        Assert.NotEqual(before, Checksum());

        uint Checksum()
        {
            using ImageStream stream = ImageSource.OpenStream(folder.Root, Split.All);
            var batch = new ImageBatch(3, ImageShape.Mnist);
            stream.Read(batch, 3);
            batch.Decode();
            return batch.Checksum();
        }
    }
}
