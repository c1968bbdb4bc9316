using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

/// <summary>Sources beyond IDX and folders: tar, npz, lists of paths, tensors of other sizes; and what streams promise.</summary>
public sealed partial class ImageStreamTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_Tar_GivesItsImagesInItsOrderWithTheirDigits(bool gzipped)
    {
        byte[] tar = Tar(("7/b.png", Samples.PngDigit(70)), ("notes.txt", [1]), ("0/a.png", Samples.PngDigit(60)));
        ImageSet set = Pipe(gzipped ? Samples.Gzip(tar) : tar);
        Assert.Equal(["7/b.png", "0/a.png"], set.FileNames!);
        Assert.Equal(new int[] { 7, 0 }, set.Labels);
        Assert.Equal([70, 60], Enumerable.Range(0, 2).Select(i => (int)set.Image(i)[100]));

        using var folder = new TemporaryFolder();
        Assert.Equal(set.Pixels, ImageSource.Open(folder.Write("x.tar", gzipped ? Samples.Gzip(tar) : tar), Split.All).Pixels);
    }

    [Fact]
    public void Open_TarCutAnywhereInsideAnImage_IsRefused()
    {
        byte[] tar = Tar(("a.png", Samples.PngDigit(70)), ("b.png", Samples.PngDigit(60)));
        foreach (int length in new[] { 520, 600, 1030, 1540, 1600 })
        {
            string message = Assert.Throws<InvalidDataException>(() => Pipe(tar[..length])).Message;
            Assert.StartsWith("'-", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_TarWithOneUnlabelledImage_IsReadWithoutLabelsAndSaysSo()
    {
        ImageSet set = Pipe(Tar(("7/b.png", Samples.PngDigit(70)), ("x.png", Samples.PngDigit(60))));
        Assert.Equal((2, null), (set.Count, set.Labels));
        Assert.Equal(["'-': labels are left out: that of image 1 should be a digit 0..9 on a pipe, was 'x.png', which lies below no folder "
            + "named 0..9"], set.Remarks);
    }

    // A pipe cannot be looked through first.
    [Fact]
    public void Open_PipeWithoutALabelFarBehind_IsReadWithoutLabels()
    {
        byte[] image = Samples.PngDigit(70);
        ImageSet set =
            Pipe(Tar([.. Enumerable.Range(0, 400).Select(i => ($"{i % 10}/{i}.png", image)), ("x.png", image), ("y.png", image)]));
        Assert.Equal((402, null), (set.Count, set.Labels));
        Assert.Equal("'-': labels are left out: that of image 400 should be a digit 0..9 on a pipe, was 'x.png', which lies below no "
            + "folder named 0..9",
            Assert.Single(set.Remarks, remark => remark.Contains("labels", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_TarWithoutALabelFarBehind_IsReadWithoutLabels(bool isPacked)
    {
        using var folder = new TemporaryFolder();
        byte[] image = Samples.PngDigit(70);
        byte[] tar = Tar([.. Enumerable.Range(0, 400).Select(i => ($"{i % 10}/{i}.png", image)), ("x.png", image)]);
        string path = folder.Write("d.tar", isPacked ? Samples.Gzip(tar) : tar);
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal((401, null), (set.Count, set.Labels));
        Assert.Equal($"'{path}': labels are left out: of 401 images 400 lie in folders of classes, 'x.png' does not",
            set.Remarks.First());
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\0")]
    public void Open_ListOfPaths_GivesThemInTheirOrder(string separator)
    {
        using var folder = new TemporaryFolder();
        string second = folder.Write("b.png", Samples.PngDigit(70)), first = folder.Write("a, \"x\".png", Samples.PngDigit(60));
        ImageSet set = Pipe(Encoding.UTF8.GetBytes($"{second}{separator}{first}{separator}"));
        Assert.Equal([second, first], set.FileNames!);
        Assert.Equal([70, 60], Enumerable.Range(0, 2).Select(i => (int)set.Image(i)[100]));
    }

    [Fact]
    public void Open_ListWithALineBreakInAName_NeedsNul()
    {
        using var folder = new TemporaryFolder();
        string odd = folder.Write("a\nb.png", Samples.PngDigit(60));
        Assert.Equal([odd], Pipe(Encoding.UTF8.GetBytes($"{odd}\0")).FileNames!);
    }

    // The byte FF is no UTF-8; the file is there, but cannot be named.
    [Fact]
    public void Open_ListWithANameThatIsNotUtf8_SaysSo()
    {
        ImageSet set = Pipe([.. "/nowhere/\u00FF"u8[..9], 0xFF, .. ".png\0"u8], skipBad: true, also: Samples.PngDigit(60));
        Assert.Equal("'/nowhere/\uFFFD.png': expected a file, found a name that is not UTF-8; rename it.", Assert.Single(set.Skipped));
    }

    [Fact]
    public void Open_OneImageOnAPipe_IsOneRow() => Assert.Equal(70, Pipe(Samples.PngDigit(70)).Image(0)[100]);

    [Theory]
    [InlineData("PAR1")]
    [InlineData("PK\u0003\u0004")]
    public void Open_WhatIsReadFromItsEndOnAPipe_IsRefused(string magic) => Assert.Equal(
        "'-': offset 0: expected IDX, .npy, CSV, tar, one image or a list of paths on a pipe, found Parquet or .npz, which are read from "
            + "their ends; save it to a file and name that.",
        Assert.Throws<InvalidDataException>(() => Pipe(Encoding.Latin1.GetBytes(magic))).Message);

    // A digit drawn large in IDX and in .npy is what the same picture as PNG becomes.
    [Fact]
    public void Open_TensorsOfAnotherSize_AreFittedLikePictures()
    {
        using var folder = new TemporaryFolder();
        byte[] large =
            [.. Enumerable.Range(0, 56 * 40).Select(i => i / 40 is > 8 and < 50 && i % 40 is > 12 and < 22 ? (byte)220 : (byte)0)];
        PngWriter.WriteGrey(folder["p.png"], 40, 56, large);
        byte[] expected = ImageSource.Open(folder["p.png"], Split.All).Pixels;
        NpyFile.Write(folder["b.npy"], TensorEntry.Of<byte>(large, 1, 56, 40));
        NpyFile.Write(folder["f.npy"], TensorEntry.Of<float>([.. large.Select(pixel => pixel / 255f)], 1, 56, 40));
        string idx = folder.Write("i.idx", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 56, 0, 0, 0, 40, .. large]);
        Assert.All([folder["b.npy"], folder["f.npy"], idx], path => Assert.Equal(expected, ImageSource.Open(path, Split.All).Pixels));
        Assert.Equal($"'{idx}, image 0': expected 28 x 28 pixels, found 40 x 56; leave out --fit none to have images fitted.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(idx, Split.All, new() { Fit = FitMode.None })).Message);
    }

    [Fact]
    public void Decode_CountsWhatWasFittedAndInverted()
    {
        using var folder = new TemporaryFolder();
        PngWriter.WriteGrey(folder["bright.png"], 30, 30, [.. Enumerable.Range(0, 900).Select(i => (byte)(i % 30 == 15 ? 0 : 255))]);
        folder.Write("same.png", Samples.PngDigit(70));
        using ImageStream stream = ImageSource.OpenStream(folder.Root, Split.All);
        var batch = new ImageBatch(8, ImageShape.Mnist);
        Assert.True(stream.Read(batch, 8));
        batch.Decode();
        Assert.Equal((2, 1, 1), (batch.Count, batch.FittedCount, batch.InvertedCount));
    }

    // The place in the source after going past images is that after reading them, for every kind of source.
    [Theory]
    [InlineData("idx")]
    [InlineData("idx.gz")]
    [InlineData("npy")]
    [InlineData("tar")]
    [InlineData("folder")]
    [InlineData("strokes:300")]
    public void Skip_ThenRead_GivesWhatReadingThroughGives(string kind)
    {
        using var folder = new TemporaryFolder();
        string spec = Source(folder, kind);
        byte[] all = ImageSource.Open(spec, Split.All).Pixels;
        using ImageStream stream = ImageSource.OpenStream(spec, Split.All);
        var batch = new ImageBatch(4, ImageShape.Mnist);
        stream.Skip(3);
        Assert.True(stream.Read(batch, 2));
        batch.Decode();
        Assert.Equal((3L, 2), (batch.First, batch.Count));
        Assert.Equal(all[(3 * 784)..(5 * 784)], batch.Pixels[..(2 * 784)]);
        Assert.Throws<InvalidDataException>(() => stream.Skip(1000));
    }

    static string Source(TemporaryFolder folder, string kind)
    {
        (string, byte[])[] images = [.. Enumerable.Range(0, 6).Select(i => ($"{i}.png", Samples.PngDigit((byte)(40 + i))))];
        switch (kind)
        {
            case "idx": return folder.Write("x", Samples.IdxImages(6));
            case "idx.gz": return folder.Write("x", Samples.Gzip(Samples.IdxImages(6)));
            case "npy": NpyFile.Write(folder["x"], Images(6)); return folder["x"];
            case "tar": return folder.Write("x", Tar(images));
            case "folder":
                Array.ForEach(images, image => folder.Write($"in/{image.Item1}", image.Item2));
                return folder["in"];
            default: return kind;
        }
    }

    static TensorEntry Images(int count) => TensorEntry.Of<byte>(Samples.IdxImages(count).AsSpan(16), count, 28, 28);

    static ImageSet Pipe(byte[] bytes, bool skipBad = false, byte[]? also = null)
    {
        using var folder = new TemporaryFolder();
        byte[] list = also is null ? bytes : [.. bytes, .. Encoding.UTF8.GetBytes(folder.Write("also.png", also))];
        return ImageSource.Open("-", Split.All, new() { StandardInput = new MemoryStream(list), SkipBad = skipBad });
    }

    static byte[] Tar(params (string Name, byte[] Bytes)[] files)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }
        return stream.ToArray();
    }

    static byte[] Npz(TemporaryFolder folder, params (string Name, TensorEntry Tensor)[] arrays) =>
        Npz(folder, CompressionLevel.Fastest, arrays);

    static byte[] Npz(TemporaryFolder folder, CompressionLevel level, params (string Name, TensorEntry Tensor)[] arrays)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, TensorEntry tensor) in arrays)
            {
                NpyFile.Write(folder["one"], tensor);
                using Stream entry = zip.CreateEntry($"{name}.npy", level).Open();
                entry.Write(File.ReadAllBytes(folder["one"]));
            }
        }
        return stream.ToArray();
    }

    // 256 images of four million pixels would be in memory at once.
    [Fact]
    public void OpenStream_TensorOfLargeImages_IsRefusedByItsHeader()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("large", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 8, 0, .. new byte[100]]);
        Assert.Equal($"'{path}': expected 1 to {1 << 18} pixels, found a header of 2048 x 2048; scale the image down.",
            Assert.Throws<InvalidDataException>(() => ImageSource.OpenStream(path, Split.All)).Message);
    }
}
