using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

/// <summary>Channels and size of images, as the data have them or as was asked.</summary>
public sealed class ImageShapeTests
{
    // Each channel of pixel (y, x) of image n is another number.
    static byte Value(int n, int channel, int y, int x) => (byte)(200 * channel / 3 + 3 * n + 5 * y + x);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_ArrayInColour_KeepsItsShapeChannelByChannel(bool isInterleaved)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, isInterleaved, 10, 12);
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal(new Preprocess(new(3, 10, 12), FitMode.Letterbox), set.Preprocess);
        Assert.Equal((2, ImageContent.Objects), (set.Count, set.Content));
        Assert.Equal(Planar(1, 10, 12), set.Image(1).ToArray());
        Assert.Equal(Planar(1, 10, 12), set.Where(index => index == 1).Image(0).ToArray());
        Assert.Equal(Planar(1, 10, 12), set.Slice(1, 1).Image(0).ToArray());
        Assert.Equal(Planar(1, 10, 12)[^1] / 255f, set.ToFloats(1, 1)[^1]);
    }

    [Fact]
    public void Open_ColourAsGrey_IsLuma()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, isInterleaved: false, 28, 28);
        ImageSet set = ImageSource.Open(path, Split.All, new() { Channels = 1, Fit = FitMode.None });
        Assert.Equal(ImageShape.Mnist, set.Shape);
        int at = 9 * 28 + 4;
        int luma = (299 * Value(1, 0, 9, 4) + 587 * Value(1, 1, 9, 4) + 114 * Value(1, 2, 9, 4) + 500) / 1000;
        Assert.Equal(luma, set.Image(1)[at]);
    }

    [Fact]
    public void Open_GreyAsColour_HasThreeEqualPlanes()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["g.npy"], TensorEntry.Of<byte>([.. Enumerable.Range(0, 64).Select(i => (byte)(3 * i))], 1, 8, 8));
        ImageSet set = ImageSource.Open(folder["g.npy"], Split.All, new() { Channels = 3, Height = 8, Width = 8, Fit = FitMode.None });
        Assert.Equal(new ImageShape(3, 8, 8), set.Shape);
        Assert.Equal(set.Image(0)[..64].ToArray(), set.Image(0)[128..].ToArray());
        Assert.Equal(3 * 63, set.Image(0)[63]);
    }

    [Fact]
    public void Open_FolderOfPictures_TakesTheirColourAndCommonSize()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "cat/a", "cat/b", "dog/c" })
        {
            Directory.CreateDirectory(folder[Path.GetDirectoryName(name)!]);
            PngWriter.WriteRgb(folder[$"{name}.png"], 20, 16, [.. Enumerable.Range(0, 20 * 16).SelectMany(i => new byte[] { 250, 20,
                (byte)(i % 256) })]);
        }
        ImageSet set = ImageSource.Open(folder.Root, Split.All);
        Assert.Equal(new ImageShape(3, 16, 20), set.Shape);
        Assert.Equal((250, 20, 7), (set.Image(0)[7], set.Image(0)[320 + 7], set.Image(0)[640 + 7]));
    }

    // The median of the longer sides is 40: 32 pixels.
    [Fact]
    public void Open_PicturesOfSeveralSizes_BecomeOneSquare()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 3; i++)
        {
            Directory.CreateDirectory(folder[$"class{i}"]);
            PngWriter.WriteGrey(folder[$"class{i}/p.png"], 30 + 10 * i, 20, new byte[(30 + 10 * i) * 20]);
        }
        ImageSet set = ImageSource.Open(folder.Root, Split.All);
        Assert.Equal(new Preprocess(new(1, 32, 32), FitMode.Letterbox), set.Preprocess);
    }

    // Photographs of digits are coloured by pen and paper; the digits are grey all the same.
    [Fact]
    public void Open_ColouredPicturesOfDigits_AreGreyDigits()
    {
        using var folder = new TemporaryFolder();
        for (int digit = 0; digit < 10; digit += 3)
        {
            Directory.CreateDirectory(folder[$"{digit}"]);
            PngWriter.WriteRgb(folder[$"{digit}/p.png"], 40, 40, [.. Enumerable.Range(0, 1600).SelectMany(_ => new byte[] { 240, 220,
                90 })]);
        }
        Assert.Equal(Preprocess.Mnist, ImageSource.Open(folder.Root, Split.All).Preprocess);
    }

    [Fact]
    public void Open_AskedForAShape_IsFittedToIt()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, isInterleaved: true, 64, 64);
        ImageSet set = ImageSource.Open(path, Split.All, new() { Height = 24, Width = 32 });
        Assert.Equal(new Preprocess(new(3, 24, 32), FitMode.Letterbox), set.Preprocess);
        // Square pictures between bars of four pixels, each channel of its own background; the columns of a picture differ.
        for (int channel = 0; channel < 3; channel++)
        {
            byte[] row = set.Image(0).Slice((channel * 24 + 12) * 32, 32).ToArray();
            Assert.Equal([row[0], row[0], row[0], row[0]], row[..4]);
            Assert.Equal([row[0], row[0], row[0], row[0]], row[28..]);
            Assert.True(row[4..28].Distinct().Count() > 12);
        }
    }

    [Fact]
    public void For_AModel_YieldsToTheCommandLine()
    {
        var model = new Preprocess(new(3, 20, 24), FitMode.Crop, Polarity.Dark);
        ImageSourceOptions plain = new ImageSourceOptions().For(model), said = new ImageSourceOptions
        {
            Fit = FitMode.Stretch,
            Polarity = Polarity.Light
        }.For(model);
        Assert.Equal((3, 20, 24, FitMode.Crop, Polarity.Dark), (plain.Channels, plain.Height, plain.Width, plain.Fit, plain.Polarity));
        Assert.Equal((3, FitMode.Stretch, Polarity.Light), (said.Channels, said.Fit, said.Polarity));
    }

    [Fact]
    public void Open_TooLarge_SaysTheRange()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, isInterleaved: true, 200, 200);
        Assert.Equal(new ImageShape(3, 64, 64), ImageSource.Open(path, Split.All).Shape);
        Assert.Equal($"'{path}': expected images of 8 to 128 pixels a side, found 4 x 28 RGB; say another size (--size).",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All, new() { Width = 4, Height = 28 })).Message);
    }

    [Fact]
    public void Open_DigitFitInColour_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, isInterleaved: true, 16, 16);
        Assert.Equal("--fit digit: expected grey images, found 16 x 16 RGB; take letterbox, crop or stretch.",
            Assert.Throws<ArgumentException>(() =>
                ImageSource.Open(path, Split.All, new() { Fit = FitMode.Digit, Channels = 3, Height = 16, Width = 16 })).Message);
    }

    [Fact]
    public void Read_IntoABatchOfAnotherShape_IsRefused()
    {
        using ImageStream stream = ImageSource.OpenStream("strokes:10:1", Split.All);
        Assert.StartsWith("'batch' must be of images of 28 x 28, was of 8 x 8.",
            Assert.Throws<ArgumentException>(() => stream.Read(new ImageBatch(4, new(1, 8, 8)), 4)).Message);
    }

    [Fact]
    public void Preprocess_OfAnyShape_IsReadAsItWasAdded()
    {
        Preprocess[] all = [new(new(3, 32, 32), FitMode.Letterbox), new(new(3, 8, 16), FitMode.Crop, Polarity.Dark), new(new(1, 64, 64)),
            new(new(1, 28, 28), FitMode.Digit, Polarity.Light)];
        Assert.All(all, each =>
        {
            var metadata = new Dictionary<string, string>();
            each.AddTo(metadata);
            Assert.Equal(each, Preprocess.Of(metadata, each.Shape, "m.onnx"));
        });
        var rgb = new Dictionary<string, string>();
        all[1].AddTo(rgb);
        Assert.Equal("""{"fit":"crop","polarity":"dark","color":"rgb"}""", rgb[ModelKeys.Preprocess]);
    }

    // Of colour the sheet is the picture itself; a digit's is its negative.
    [Fact]
    public void Sheet_InColour_ShowsThePixels()
    {
        byte[] image = [.. Enumerable.Repeat((byte)9, 64), .. Enumerable.Repeat((byte)99, 64), .. Enumerable.Repeat((byte)199, 64)];
        Picture sheet = ImageFile.Decode(ImageSheet.Encode(image, new(new(3, 8, 8), FitMode.Letterbox), 1, 1), "x", 3);
        Assert.Equal((10, 10, 3), (sheet.Width, sheet.Height, sheet.Channels));
        Assert.Equal((9, 99, 199, 255), (sheet.Pixels[11], sheet.Pixels[111], sheet.Pixels[211], sheet.Pixels[0]));
    }

    static string Write(TemporaryFolder folder, bool isInterleaved, int height, int width)
    {
        byte[] pixels = [.. Enumerable.Range(0, 2).SelectMany(n => isInterleaved
            ? [.. from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width) from c in Enumerable.Range(0,
                3) select Value(n, c, y, x)]
            : Planar(n, height, width))];
        string path = folder["rgb.npy"];
        NpyFile.Write(path, isInterleaved ? TensorEntry.Of<byte>(pixels, 2, height, width, 3) : TensorEntry.Of<byte>(pixels, 2, 3, height,
            width));
        return path;
    }

    static byte[] Planar(int n, int height, int width) =>
        [.. from c in Enumerable.Range(0, 3) from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width) select Value(n, c,
            y, x)];
}
