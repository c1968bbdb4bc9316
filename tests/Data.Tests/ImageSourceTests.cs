using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

public sealed class ImageSourceTests
{
    [Fact]
    public void Open_IdxPair_ReadsPixelsAndLabels()
    {
        using var folder = new TemporaryFolder();
        folder.Write("i.idx", Samples.IdxImages(3));
        folder.Write("l.idx.gz", Samples.Gzip(Samples.IdxLabels(7, 0, 9)));
        ImageSet set = ImageSource.Open($"{folder["i.idx"]},{folder["l.idx.gz"]}", Split.Test);
        Assert.Equal(3, set.Count);
        Assert.Equal(Samples.IdxImages(3)[16..], set.Pixels);
        Assert.Equal(new int[] { 7, 0, 9 }, set.Labels);
        Assert.Equal((Split.All, "i.idx"), (set.Split, set.Name));
    }

    [Fact]
    public void Open_IdxPairOfDifferentLengths_LeavesTheLabelsOutAndSaysBoth()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(3)), labels = folder.Write("l", Samples.IdxLabels(7, 0));
        ImageSet set = ImageSource.Open($"{images},{labels}", Split.All);
        Assert.Equal((3, null), (set.Count, set.Labels));
        Assert.Equal([$"'{labels}': labels are left out: expected one for each of 3 images, found 2"], set.Remarks);
    }

    [Fact]
    public void Open_IdxPairSwapped_SaysSo()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(1)), labels = folder.Write("l", Samples.IdxLabels(7));
        Assert.Equal($"'{labels}': offset 0: expected IDX images, found 1 labels; name the images first, then the labels after a comma.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open($"{labels},{images}", Split.All)).Message);
    }

    [Fact]
    public void Open_IdxImagesAlone_HasNoLabels()
    {
        using var folder = new TemporaryFolder();
        ImageSet set = ImageSource.Open(folder.Write("i.gz", Samples.Gzip(Samples.IdxImages(2))), Split.All);
        Assert.Equal(2, set.Count);
        Assert.Null(set.Labels);
        Assert.Null(set.FileNames);
    }

    [Fact]
    public void Open_LabelAboveNine_IsAClass()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(2)), labels = folder.Write("l", Samples.IdxLabels(7, 10));
        ImageSet set = ImageSource.Open($"{images},{labels}", Split.All);
        Assert.Equal(new int[] { 7, 10 }, set.Labels);
        Assert.Equal((11, "10"), (set.Classes!.Count, set.Classes.NameOf(10)));
    }

    [Fact]
    public void Open_NpyOfBytesAndOfFloats_GiveTheSamePixels()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [.. Enumerable.Range(0, 2 * 784).Select(i => (byte)i)];
        NpyFile.Write(folder["b.npy"], TensorEntry.Of<byte>(pixels, 2, 28, 28));
        NpyFile.Write(folder["f.npy"], TensorEntry.Of<float>(pixels.Select(pixel => pixel / 255f).ToArray(), 2, 784));
        Assert.Equal(pixels, ImageSource.Open(folder["b.npy"], Split.All).Pixels);
        Assert.Equal(pixels, ImageSource.Open(folder["f.npy"], Split.All).Pixels);
    }

    [Theory]
    [InlineData(1.5f, "1.5")]
    [InlineData(-0.5f, "-0.5")]
    [InlineData(float.NaN, "NaN")]
    public void Open_NpyFloatOutsideTheUnitRange_NamesImageAndPixel(float value, string printed)
    {
        string advice = float.IsNaN(value) ? "replace what is not finite, such as by numpy.nan_to_num" : value < 0
            ? "undo the normalisation so that background is 0"
            : "divide the array by its largest value, or save all images as 0..255";
        using var folder = new TemporaryFolder();
        float[] values = new float[2 * 784];
        values[784 + 5] = value;
        NpyFile.Write(folder["f.npy"], TensorEntry.Of<float>(values, 2, 784));
        Assert.Equal($"'{folder["f.npy"]}': image 1, pixel 5: expected {(float.IsNaN(value) ? "a finite number" : "a number in [0,1]")}, "
            + $"found {printed}; "
            + $"{advice}.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder["f.npy"], Split.All)).Message);
    }

    [Fact]
    public void Open_NpyOfAnotherShape_SaysWhichFits()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["s.npy"], TensorEntry.Of<byte>(new byte[60], 1, 60));
        Assert.Equal($"'{folder["s.npy"]}': offset 10: expected [N,H,W], [N,C,H,W] or [N,H,W,C] of 1 or 3 channels, or [N,784], found "
            + "[1,60]; rows of other images are array.reshape(-1, H, W).",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(folder["s.npy"], Split.All)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_StandardInput_TakesIdxBareAndGzipped(bool gzipped)
    {
        byte[] file = gzipped ? Samples.Gzip(Samples.IdxImages(2)) : Samples.IdxImages(2);
        ImageSet set = ImageSource.Open("-", Split.All, new() { StandardInput = new MemoryStream(file) });
        Assert.Equal(Samples.IdxImages(2)[16..], set.Pixels);
    }

    [Fact]
    public void Open_StandardInput_TakesNpy()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["b.npy"], TensorEntry.Of<byte>(new byte[784], 1, 784));
        using FileStream stream = File.OpenRead(folder["b.npy"]);
        Assert.Equal(1, ImageSource.Open("-", Split.All, new() { StandardInput = stream }).Count);
    }

    [Fact]
    public void Open_NothingThere_SaysWhatIsUnderstood() => Assert.Equal(
        "'absent.idx': no such file or folder; expected mnist, fashion-mnist, kmnist, qmnist, emnist-balanced, emnist-letters, "
            + "emnist-digits, cifar10, usps, strokes[:count[:seed[:SIZE[:gray|rgb]]]], glyphs:FOLDER[:CHARACTERS[:SIZE[:gray|rgb]]], "
            + "images.idx[.gz][,labels.idx[.gz]], a folder of images, an .npy, .npz, .csv, .parquet, .bin (CIFAR-10) or .tar file, or -.",
        Assert.Throws<FileNotFoundException>(() => ImageSource.Open("absent.idx", Split.All)).Message);
}
