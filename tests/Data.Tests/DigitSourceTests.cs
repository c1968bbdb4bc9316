namespace Toolchain.Data.Tests;

public sealed class DigitSourceTests
{
    [Fact]
    public void Open_IdxPair_ReadsPixelsAndLabels()
    {
        using var folder = new TemporaryFolder();
        folder.Write("i.idx", Samples.IdxImages(3));
        folder.Write("l.idx.gz", Samples.Gzip(Samples.IdxLabels(7, 0, 9)));
        DigitSet set = DigitSource.Open($"{folder["i.idx"]},{folder["l.idx.gz"]}", Split.Test);
        Assert.Equal(3, set.Count);
        Assert.Equal(Samples.IdxImages(3)[16..], set.Pixels);
        Assert.Equal(new byte[] { 7, 0, 9 }, set.Labels);
        Assert.Equal((Split.All, "i.idx"), (set.Split, set.Name));
    }

    [Fact]
    public void Open_IdxPairOfDifferentLengths_SaysBoth()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(3)), labels = folder.Write("l", Samples.IdxLabels(7, 0));
        Assert.Equal($"'{labels}': offset 4: expected 3 labels, as many as '{images}' has images, found 2; give the labels of these images.",
            Assert.Throws<InvalidDataException>(() => DigitSource.Open($"{images},{labels}", Split.All)).Message);
    }

    [Fact]
    public void Open_IdxPairSwapped_SaysSo()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(1)), labels = folder.Write("l", Samples.IdxLabels(7));
        Assert.Equal($"'{labels}': offset 0: expected the IDX magic 00000803 of images, found 00000801; images and labels may be swapped.",
            Assert.Throws<InvalidDataException>(() => DigitSource.Open($"{labels},{images}", Split.All)).Message);
    }

    [Fact]
    public void Open_IdxImagesAlone_HasNoLabels()
    {
        using var folder = new TemporaryFolder();
        DigitSet set = DigitSource.Open(folder.Write("i.gz", Samples.Gzip(Samples.IdxImages(2))), Split.All);
        Assert.Equal(2, set.Count);
        Assert.Null(set.Labels);
        Assert.Equal(["0", "1"], set.RowNames());
    }

    [Fact]
    public void Open_LabelAboveNine_NamesItsOffset()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(2)), labels = folder.Write("l", Samples.IdxLabels(7, 10));
        Assert.Equal($"'{labels}': offset 9: expected a digit 0..9, found 10; the file holds other classes than digits.",
            Assert.Throws<InvalidDataException>(() => DigitSource.Open($"{images},{labels}", Split.All)).Message);
    }

    [Fact]
    public void Open_NpyOfBytesAndOfFloats_GiveTheSamePixels()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [.. Enumerable.Range(0, 2 * 784).Select(i => (byte)i)];
        Npy.Write(folder["b.npy"], TensorEntry.Of<byte>(pixels, 2, 28, 28));
        Npy.Write(folder["f.npy"], TensorEntry.Of<float>(pixels.Select(pixel => pixel / 255f).ToArray(), 2, 784));
        Assert.Equal(pixels, DigitSource.Open(folder["b.npy"], Split.All).Pixels);
        Assert.Equal(pixels, DigitSource.Open(folder["f.npy"], Split.All).Pixels);
    }

    [Theory]
    [InlineData(1.5f, "1.5")]
    [InlineData(-0.5f, "-0.5")]
    [InlineData(float.NaN, "NaN")]
    public void Open_NpyFloatOutsideTheUnitRange_NamesImageAndPixel(float value, string printed)
    {
        using var folder = new TemporaryFolder();
        float[] values = new float[2 * 784];
        values[784 + 5] = value;
        Npy.Write(folder["f.npy"], TensorEntry.Of<float>(values, 2, 784));
        Assert.Equal($"'{folder["f.npy"]}': image 1, pixel 5: expected float32 in [0,1], found {printed}; divide by 255, or save uint8.",
            Assert.Throws<InvalidDataException>(() => DigitSource.Open(folder["f.npy"], Split.All)).Message);
    }

    [Fact]
    public void Open_NpyOfAnotherShape_SaysWhichFits()
    {
        using var folder = new TemporaryFolder();
        Npy.Write(folder["s.npy"], TensorEntry.Of<byte>(new byte[64], 1, 64));
        Assert.Equal($"'{folder["s.npy"]}': offset 10: expected uint8 or float32 [N,28,28], [N,784] or [N,H,W], found UInt8 [1,64]; reshape it, or convert it with astype('uint8').",
            Assert.Throws<InvalidDataException>(() => DigitSource.Open(folder["s.npy"], Split.All)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_StandardInput_TakesIdxBareAndGzipped(bool gzipped)
    {
        byte[] file = gzipped ? Samples.Gzip(Samples.IdxImages(2)) : Samples.IdxImages(2);
        DigitSet set = DigitSource.Open("-", Split.All, new() { StandardInput = new MemoryStream(file) });
        Assert.Equal(Samples.IdxImages(2)[16..], set.Pixels);
    }

    [Fact]
    public void Open_StandardInput_TakesNpy()
    {
        using var folder = new TemporaryFolder();
        Npy.Write(folder["b.npy"], TensorEntry.Of<byte>(new byte[784], 1, 784));
        using FileStream stream = File.OpenRead(folder["b.npy"]);
        Assert.Equal(1, DigitSource.Open("-", Split.All, new() { StandardInput = stream }).Count);
    }

    [Fact]
    public void Open_NothingThere_SaysWhatIsUnderstood() => Assert.Equal(
        "'absent.idx': no such file or folder; expected mnist, strokes[:count[:seed]], images.idx[.gz][,labels.idx[.gz]], a folder of images, an .npy, .npz, .parquet or .tar file, or -.",
        Assert.Throws<FileNotFoundException>(() => DigitSource.Open("absent.idx", Split.All)).Message);
}
